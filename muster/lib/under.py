"""The lookup ``under``: paths that begin with a path, as a plain range of bytes.

``like`` with a bound value can't use an index once the server plans a statement for all values, and compares anew
what the index has already found. The range needs an index with ``text_pattern_ops``, as all paths have.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Lookup, TextField


@TextField.register_lookup
class Under(Lookup):  # type: ignore[type-arg]
    """``path__under="370000/371500/"``: that node and everything below it. The path ends with its slash."""

    lookup_name = "under"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        path, given = self.process_lhs(compiler, connection)
        top = str(self.rhs)
        # "0" follows the slash: every path that begins with "a/" lies from "a/" up to, not including, "a0".
        return f"({path} ~>=~ %s and {path} ~<~ %s)", [*given, top, *given, f"{top[:-1]}0"]
