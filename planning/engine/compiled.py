"""How our kernels are compiled: numba, without the interpreter lock, kept on disk between runs.

numba's own cache looks only at the file of the outer function; a kernel that calls a changed kernel of another file would
silently stay old. So the cache folder is named after the content of all kernel files together.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba  # type: ignore[import-untyped]
from numba.core import config  # type: ignore[import-untyped]

F = TypeVar("F", bound=Callable[..., Any])


def _cache_folder() -> Path:
    """Return a folder we can write: beside the package, else below the system's temporary folder."""
    here = Path(__file__).parent
    digest = hashlib.sha256(numba.__version__.encode())
    for source in sorted(here.glob("*.py")):
        digest.update(source.read_bytes())
    name = f"kernels-{digest.hexdigest()[:12]}"
    for root in (here / "__pycache__", Path(tempfile.gettempdir()) / f"planning-kernels-{os.getuid()}"):
        try:
            (root / name).mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(root / name, os.W_OK):
            return root / name
    return here / "__pycache__" / name


_FOLDER = str(_cache_folder())


def kernel(function: F) -> F:
    """Compile on first use and keep the machine code; the compiled function releases the interpreter lock."""
    before = config.CACHE_DIR
    config.CACHE_DIR = _FOLDER
    try:
        return cast(F, numba.njit(function, cache=True, nogil=True, error_model="numpy", boundscheck=False))
    finally:
        config.CACHE_DIR = before
