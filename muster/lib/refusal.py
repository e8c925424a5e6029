"""What the system says when it won't do what it was asked."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import AppRegistryNotReady, ImproperlyConfigured
from django.utils.translation import gettext

from muster.lib.said import said as _


class Refusal(Exception):
    """A named refusal: nothing was changed, and the message says what to do next.

    Subclasses stand beside the function that raises them. ``code`` is stable and is what clients cite; ``message`` is a
    translatable template filled from the keyword arguments, which are kept in ``details``.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    message: ClassVar[str] = _("This can't be done.")

    def __init__(self, **details: Any) -> None:
        super().__init__(details)
        self.details = details

    def __str__(self) -> str:
        return self._template().format(**self.details)

    def _template(self) -> str:
        try:
            return gettext(self.message)
        except (AppRegistryNotReady, ImproperlyConfigured):
            # The database's supervisor refuses before Django has read its settings: then in English.
            return self.message
