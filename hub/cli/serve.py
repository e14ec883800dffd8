"""``hub serve``: API, pages and the worker in one process, until it is told to stop.

The port is taken before anything else, so that a taken one is said at once. ``SIGTERM`` and Ctrl-C let the requests
and jobs under way finish; whatever is killed instead is taken up again at the next start.
"""

from __future__ import annotations

import errno
import gc
import signal
import socket
from pathlib import Path
from types import FrameType

import click

from hub.bootstrap import open_hub
from hub.cli.output import Output, reports
from hub.cli.stored import data_option, note_address, settings_for
from hub.kernel.errors import Misconfigured
from hub.platform.memory import share_arenas
from hub.platform.settings import Settings
from hub.platform.telemetry import configure_logs
from hub.web.app import create_app, known
from hub.web.door.limits import limits_for, raise_descriptors, room_for
from hub.web.door.server import Server

# The work of an order leaves next to nothing that only the collector can free: at Python's 700 it looks after
# every fourth order and finds nothing. So many objects are some megabytes, which a fault's tracebacks may hold so long.
COLLECT_AFTER_OBJECTS = 50_000


@click.command()
@click.option("--host", metavar="H", help="Where to listen. [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65_535), metavar="P", help="0 for any free one. [default: 8000]")
@data_option
@reports
def serve(out: Output, host: str | None, port: int | None, data: Path | None) -> None:
    """Run the hub: API, pages and the worker in one process."""
    gc.set_threshold(COLLECT_AFTER_OBJECTS)
    share_arenas()
    settings = settings_for(data, host=host, port=port)
    room = room_for(raise_descriptors(), settings.connections_max)
    with listen(settings) as taken:
        settings = settings_for(data, host=host, port=taken.getsockname()[1])
        configure_logs(settings.log_level)
        hub = open_hub(settings)
        hub.own()
        app = create_app(hub)
        server = Server(
            app,
            limits_for(room),
            backlog=room.backlog,
            known=known(app),
            on_started=lambda: _say_ready(out, settings),
        )
        hub.metrics.watch_door(lambda: server.keeper.gone, lambda: server.keeper.turned_away)
        for asked_to_stop in (signal.SIGTERM, signal.SIGINT):
            signal.signal(asked_to_stop, _stopped)  # uvicorn raises it again once everything is let go of
        server.run(sockets=[taken])
    if not server.started:
        raise click.exceptions.Exit(2)


def listen(settings: Settings) -> socket.socket:
    """Return the socket, bound. Raises ``Misconfigured`` when the port is taken or the host is not ours."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((settings.host, settings.port))
    except OSError as fault:
        taken.close()
        place = f"{settings.host}:{settings.port}"
        if fault.errno == errno.EADDRINUSE:
            raise Misconfigured.told(
                f"{place} is in use", remedy="stop what runs there, or choose another --port"
            ) from fault
        raise Misconfigured.told(
            f"cannot listen on {place}: {fault}", remedy="choose another --host or --port"
        ) from fault
    return taken


def _say_ready(out: Output, settings: Settings) -> None:
    gc.freeze()  # what is loaded now stays as long as the process: 100,000 objects to look through for nothing
    where = note_address(settings)
    out.value({"url": where, "data": settings.data, "folders": settings.folders_root})
    out.line(f"The hub is ready: {where}")


def _stopped(number: int, frame: FrameType | None) -> None:
    """Do nothing: the hub has stopped as it was asked to, and that is no fault."""
