"""Compiling, with Numba; what was compiled is kept beside the code, apart for every state of it.

Numba looks at a function's own file alone to see whether what it kept is still true, though functions of other files are
compiled into it: so the folder's name tells of all files.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba

Function = TypeVar("Function", bound=Callable[..., object])
HERE = Path(__file__).parent
#: Without counting references (_nrt): the counting alone took nine tenths of the time, as every call counts every table. Hence
#: what is compiled makes no arrays. Calls are inlined (forceinline): each hands over every table, which took half of the rest.
OPTIONS: dict[str, Any] = {"nogil": True, "cache": True, "error_model": "numpy", "_nrt": False, "forceinline": True}


def fast(function: Function) -> Function:
    """The function, compiled when it is first called; it runs beside other threads."""
    compiled: Function = numba.njit(**OPTIONS)(function)
    return compiled


def _keep_beside() -> None:
    """Where that may be written; else Numba finds a place of the user's own."""
    texts = b"".join(path.read_bytes() for path in sorted(HERE.glob("*.py")))
    beside = HERE / "__pycache__"
    if os.access(beside if beside.exists() else HERE, os.W_OK):
        kept = beside / f"routes-{hashlib.blake2b(texts, digest_size=6).hexdigest()}"
        setattr(numba.config, "CACHE_DIR", str(kept))  # noqa: B010 - its types don't know it


_keep_beside()
