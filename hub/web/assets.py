"""The bundled scripts, styles and fonts of the pages.

In: the folder Vite wrote (``static/dist``: hashed files and ``manifest.json``). Out: their URLs for the templates and
the bytes for ``/static``. Only files listed at start are ever served, so no path from a URL reaches the disk. When the
folder is missing the hub runs all the same, and every page says how to build it.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

DIST = Path(__file__).with_name("static") / "dist"

MEDIA_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
    ".json": "application/json",
}


class Asset(msgspec.Struct, frozen=True):
    """One file to serve."""

    path: Path
    media_type: str
    hashed: bool  # its name changes with its content: may be kept for ever


class _Chunk(msgspec.Struct, frozen=True):
    """What the manifest says of one entry; keys we do not need are passed over."""

    file: str
    css: list[str] = []


class Assets:
    """The files of one build. ``missing`` says that there is none."""

    def __init__(self, dist: Path = DIST) -> None:
        self._files: dict[str, Asset] = {}
        self._entries: dict[str, _Chunk] = {}
        manifest = dist / "manifest.json"
        self.missing = not manifest.is_file()
        if self.missing:
            return
        self._entries = msgspec.json.decode(manifest.read_bytes(), type=dict[str, _Chunk])
        for file in sorted(dist.rglob("*")):
            media_type = MEDIA_TYPES.get(file.suffix)
            if file.is_file() and media_type and file != manifest:
                name = file.relative_to(dist).as_posix()
                self._files[name] = Asset(file, media_type, hashed=name.startswith("assets/"))

    def find(self, name: str) -> Asset | None:
        """Return the file at ``name`` below ``/static/``, if the build made it."""
        return self._files.get(name)

    def script(self, entry: str) -> str | None:
        """Return the URL of the script of ``entry`` ("main", "schema")."""
        chunk = self._entries.get(f"src/{entry}.ts")
        return f"/static/{chunk.file}" if chunk else None

    def styles(self, entry: str) -> list[str]:
        """Return the URLs of the style sheets of ``entry``."""
        chunk = self._entries.get(f"src/{entry}.ts")
        return [f"/static/{css}" for css in chunk.css] if chunk else []
