"""What the system says when it won't do what it was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Refusal(Exception):
    """A named refusal: nothing was changed, and the message says what to do next.

    Subclasses stand beside the function that raises them. ``code`` is stable and is what clients cite; ``message`` is a
    translatable template filled from the keyword arguments, which are kept in ``details``.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    message: ClassVar[StrOrPromise] = _("This can't be done.")

    def __init__(self, **details: Any) -> None:
        super().__init__(details)
        self.details = details

    def __str__(self) -> str:
        return str(self.message).format(**self.details)
