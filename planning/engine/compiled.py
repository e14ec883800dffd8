"""How our kernels are compiled: numba, without the interpreter lock, kept on disk between runs.

numba's own cache looks only at the file of the outer function; a kernel that calls a changed kernel of another file
would silently stay old. So the cache folder is named after the content of all kernel files together.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core import config as numba_config

RECORDS = ("shop.py", "schedule.py")  # without kernels, but the kernels are compiled for their records

MARK = "compiled"  # beside the machine code of one version

F = TypeVar("F", bound=Callable[..., Any])


def _cache_folder() -> Path:
    """Return a folder we can write: beside the package, else below the system's temporary folder."""
    here = Path(__file__).parent
    digest = hashlib.sha256(numba.__version__.encode())
    for source in sorted(here.glob("*.py")):
        text = source.read_bytes()
        if source.name in RECORDS or b"from planning.engine.compiled import" in text:
            digest.update(text)
    name = f"kernels-{digest.hexdigest()[:12]}"
    for root in (here / "__pycache__", Path(tempfile.gettempdir()) / f"planning-kernels-{os.getuid()}"):
        try:
            (root / name).mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(root / name, os.W_OK):
            return root / name
    return here / "__pycache__" / name


config: Any = numba_config  # its settings are set at run time
njit: Any = numba.njit  # ``_nrt`` is not in its signature
_FOLDER = str(_cache_folder())


def is_compiled() -> bool:
    """Tell whether every kernel of this version was compiled on this machine, as ``planning.warm`` marks it."""
    return (Path(_FOLDER) / MARK).exists()


def mark_compiled() -> None:
    """Say so; where nothing can be written the next start compiles anew, which is said then."""
    with contextlib.suppress(OSError):
        (Path(_FOLDER) / MARK).touch()


def kernel(function: F) -> F:
    """Compile on first use and keep the machine code; the compiled function releases the interpreter lock."""
    return _compile(function)


def inner(function: F) -> F:
    """Like ``kernel``, for functions that allocate nothing: without numba's reference counting.

    Every record read through a counted array costs two atomic operations, which was two thirds of the retiming time.
    The arrays belong to the caller and outlive the call.
    """
    return _compile(function, _nrt=False)


def inlined(function: F) -> F:
    """Like ``inner``, for the small functions of the innermost loop.

    A schedule is some thirty arrays; handing them over a real call costs more than such a function's work.
    """
    return _compile(function, _nrt=False, forceinline=True)


def _compile(function: F, **options: bool) -> F:
    before = config.CACHE_DIR
    config.CACHE_DIR = _FOLDER
    try:
        compiled = njit(function, cache=True, nogil=True, error_model="numpy", boundscheck=False, **options)
    finally:
        config.CACHE_DIR = before
    return cast(F, compiled)
