"""Print the path of a uv that runs; fetch one from the Python package index when the machine has none.

In comes a machine with Python and either pip or venv; out goes one line on stdout. A fetched uv lives in ``.uv/``
beside the Makefile and nowhere else: the system's Python is never touched, so a Python that refuses installs
(PEP 668) does not mind. Needs only the standard library; everything it says goes to stderr.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent / ".uv"
OLDEST = (0, 8)  # reads this project's lock file and its cache-keys; an older one is left alone and not used
WANTED = "uv>=" + ".".join(map(str, OLDEST))


def main() -> int:
    """Print where uv is, or say on stderr what is missing and return 2."""
    for candidate in (os.environ.get("UV"), shutil.which("uv"), _binary(HOME)):
        if candidate and _runs(candidate):
            print(candidate)
            return 0
    print("uv is not on this machine: fetching it into .uv/", file=sys.stderr)
    for way in (_by_venv, _by_pip):
        if way() and _runs(_binary(HOME)):
            print(_binary(HOME))
            return 0
        shutil.rmtree(HOME, ignore_errors=True)
    print(
        "Could not fetch uv. Needed: the Python package index, and Python with either pip or venv\n"
        "(on Debian: apt-get install python3-venv). Or install uv yourself and run make again.",
        file=sys.stderr,
    )
    return 2


def _by_venv() -> bool:
    """Into a virtual environment of its own: the way that needs no pip outside, only venv with ensurepip."""
    return _do([sys.executable, "-m", "venv", str(HOME)]) and _do(
        [str(HOME / "bin" / "python"), "-m", "pip", "install", "--quiet", WANTED]
    )


def _by_pip() -> bool:
    """Into a folder with the pip that is there: PEP 668 forbids installs into the system, not into a folder."""
    return _do([sys.executable, "-m", "pip", "install", "--quiet", "--target", str(HOME), WANTED])


def _binary(home: Path) -> str:
    return str(home / "bin" / "uv")


def _runs(candidate: str) -> bool:
    """Say whether ``candidate`` is a uv that runs here and is new enough; a shim that leads nowhere is none."""
    try:
        said = subprocess.run([candidate, "--version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return False
    version = re.match(r"uv (\d+)\.(\d+)", said)
    return version is not None and (int(version[1]), int(version[2])) >= OLDEST


def _do(command: list[str]) -> bool:
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode:
        said = (ended.stderr.strip() or ended.stdout.strip() or "no reason given").splitlines()
        print(f"  {' '.join(command[1:4])} … failed: {said[-1]}", file=sys.stderr)
    return ended.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
