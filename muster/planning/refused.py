"""What a plan's input is refused with. No Django here: whoever shows the message translates it."""

from __future__ import annotations

from typing import Any, ClassVar


class PlanRefused(ValueError):
    """``code`` is stable; ``message`` is a template that is filled from the keyword arguments, which are kept in ``details``."""

    code: ClassVar[str] = "plan_refused"
    message: ClassVar[str] = ""

    def __init__(self, **details: Any) -> None:
        super().__init__(details)
        self.details = details

    def __str__(self) -> str:
        return self.message.format(**self.details)
