"""How this process is to run: from the environment and from the command's arguments, arguments first.

An unknown ``HUB_…`` variable is a fault with the nearest known name: a typing error must not become a default.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from hub.kernel.errors import Misconfigured
from hub.kernel.struct import Struct

TOKEN_LENGTH_MIN = 20  # shorter ones can be guessed
MEBIBYTE = 1024 * 1024


class Settings(Struct):
    """Each field is the environment variable ``HUB_`` + its name in capitals."""

    data: Path = Path("var")  # database file, blobs; no other account may enter it
    folders: Path | None = None  # root of the partners' folders; None: beside the data directory, <data>-folders
    config_path: str | None = None  # folders of configuration, joined as in PATH
    database_url: str | None = None  # None: SQLite in ``data``
    redis_url: str | None = None  # None: jobs run in this process
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str | None = None  # how partners and people reach us; None: http://host:port
    secure_cookies: bool | None = None  # whether cookies travel over TLS alone; None: where public_url is https
    body_bytes_max: int = 100 * MEBIBYTE  # of one inbound message; the largest schedule seen is 50 MB
    waiting_bytes_max: int = 1024 * MEBIBYTE  # of bodies being received at once, nearly all on disk; beyond it 503
    partner_bytes_per_day: int = 8 * 1024 * MEBIBYTE  # a partner may have stored; eighty of the largest messages
    partner_rows_per_day: int = 20_000_000  # a day of twenty orders a second; more is told to come later
    connections_max: int = 1_000  # open at a time; fewer where the system allows fewer open files
    reader_process: bool = True  # a server reads messages in a process beside it; False: in its own, with less memory
    metrics_token: str | None = None  # what a monitoring system shows to read /metrics and the details of /readyz
    reader_account: str = "nobody"  # whom that process becomes where the server is started as root
    log_level: str = "info"  # debug, info, warning, error

    @property
    def folders_root(self) -> Path:
        """Where partners drop and fetch files: never within ``data``, which is the hub's alone."""
        data = Path(os.path.abspath(self.data))
        return self.folders or data.with_name(f"{data.name or 'hub'}-folders")

    @property
    def over_tls(self) -> bool:
        """Whether people reach the hub over TLS, as the settings say."""
        if self.secure_cookies is not None:
            return self.secure_cookies
        return (self.public_url or "").lower().startswith("https://")


OTHERS = frozenset(
    {
        "HUB_URL",  # hub send: where the hub is
        "HUB_KEY",  # hub send: the partner's API key
        "HUB_DEBUG",  # commands: show the traceback
        "HUB_FAILPOINT",  # crash tests, see hub.platform.failpoints
        "HUB_TEST_REQUIRE",
        "HUB_TEST_CHROMIUM",
        "HUB_SHARED",
        "HUB_SKIP_ASSETS",
        "HUB_DATABASE_PASSWORD",  # docker-compose.yml
    }
)
"""Variables that are read elsewhere."""

NAMES = {f"HUB_{name.upper()}": name for name in Settings.__struct_fields__}


def load(environment: Mapping[str, str], **arguments: object) -> Settings:
    """Return the settings. Raises ``Misconfigured`` for an unknown variable or a value of the wrong kind.

    An argument that is None was not given on the command line.
    """
    for variable in environment:
        if variable.startswith("HUB_") and variable not in NAMES and variable not in OTHERS:
            nearest = difflib.get_close_matches(variable, [*NAMES, *OTHERS], n=1)
            known = nearest[0] if nearest else ", ".join(NAMES)
            raise Misconfigured.told(f"{variable} is no setting of the hub", remedy=f"did you mean {known}?")
    said: dict[str, object] = {NAMES[name]: value for name, value in environment.items() if name in NAMES and value}
    said |= {name: value for name, value in arguments.items() if value is not None}
    try:
        settings = msgspec.convert(said, Settings, strict=False, dec_hook=_path)
    except msgspec.ValidationError as fault:
        message, _, place = str(fault).partition(" - at `$.")
        variable = f"HUB_{place.rstrip('`').upper()}"
        raise Misconfigured.told(
            f"{variable}: {message}", remedy=f"it is {said.get(place.rstrip('`'))!r} now"
        ) from fault
    _check(settings)
    return settings


def _check(settings: Settings) -> None:
    if not 0 <= settings.port <= 65_535:
        raise Misconfigured.told(f"HUB_PORT: {settings.port} is no port", remedy="1 to 65535, or 0 for any free one")
    if settings.log_level not in ("debug", "info", "warning", "error"):
        raise Misconfigured.told(f"HUB_LOG_LEVEL: {settings.log_level!r}", remedy="debug, info, warning or error")
    if settings.metrics_token is not None and len(settings.metrics_token) < TOKEN_LENGTH_MIN:
        raise Misconfigured.told(
            f"HUB_METRICS_TOKEN has fewer than {TOKEN_LENGTH_MIN} characters", remedy="take: openssl rand -hex 32"
        )
    if not 16 <= settings.connections_max <= 60_000:
        raise Misconfigured.told(f"HUB_CONNECTIONS_MAX: {settings.connections_max}", remedy="16 to 60000")
    for name in ("partner_bytes_per_day", "partner_rows_per_day"):
        if getattr(settings, name) <= 0:
            raise Misconfigured.told(f"HUB_{name.upper()} is not above 0", remedy="leave it out for the usual budget")
    if settings.body_bytes_max <= 0 or settings.waiting_bytes_max < 2 * settings.body_bytes_max:
        raise Misconfigured.told(  # a partner holds no more than it leaves free
            "HUB_WAITING_BYTES_MAX is below twice HUB_BODY_BYTES_MAX", remedy="raise the one, or lower the other"
        )
    folders, data = (Path(os.path.realpath(path)) for path in (settings.folders_root, settings.data))
    if folders.is_relative_to(data) or data.is_relative_to(folders):
        raise Misconfigured.told(
            f"HUB_FOLDERS: {folders} and the data directory {data} lie within each other",
            remedy="name two folders side by side: partners enter the one, and nobody but the hub the other",
        )


def _path(kind: type, value: object) -> object:
    if kind is Path and isinstance(value, (str, Path)):
        return Path(value)
    raise TypeError(f"{value!r} makes no {kind.__name__}")
