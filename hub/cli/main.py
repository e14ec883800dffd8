"""The root of the ``hub`` command: a table of commands, each imported only when it is called.

In come the arguments of the shell; out goes an exit code: 0 done, 1 findings or refused, 2 wrong usage, missing
file or configuration. What the hub itself cannot go on from (``hub.kernel.errors``) becomes one clear message
here and nowhere else; ``HUB_DEBUG=1`` shows the traceback as well.
"""

from __future__ import annotations

import importlib
import io
import os
import sqlite3
import sys
import traceback
from collections.abc import Sequence

import click

from hub.cli.output import Output, wants_json
from hub.kernel.errors import Conflict, Defect, HubError, Misconfigured, Unreadable
from hub.kernel.struct import Struct

DONE, REFUSED, MISUSED = 0, 1, 2


class Entry(Struct):
    """Where a command stands and what ``hub --help`` says of it, so that help imports none of them."""

    target: str  # module:attribute
    help: str


def run(arguments: Sequence[str] | None = None) -> int:
    """Run ``arguments`` (the shell's own when ``None``) and return the exit code; never raises."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a name that is no text, or a terminal that knows few letters
            stream.reconfigure(errors="backslashreplace")
    try:
        ended = hub.main(args=None if arguments is None else list(arguments), prog_name="hub", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as usage:
        usage.show()
        return MISUSED
    except click.ClickException as usage:
        usage.show()
        return MISUSED
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return REFUSED
    except BrokenPipeError:
        return _reader_left()
    return ended if isinstance(ended, int) else DONE


def _reader_left() -> int:
    """Whoever read our output has gone (``hub … | head``): say nothing more, also when Python closes stdout."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return DONE


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one when it runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module, _, attribute = entry.target.partition(":")
        found = getattr(importlib.import_module(module), attribute)
        if not isinstance(found, click.Command):
            raise Defect(f"{entry.target} is no command")
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            raise click.exceptions.NoSuchCommand(args[0], possibilities=COMMANDS, ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; the hub's own exceptions end here, as a message and an exit code."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise
        except Exception as unforeseen:
            if (fault := _of_the_machine(unforeseen)) is None:
                raise
            if os.environ.get("HUB_DEBUG"):
                traceback.print_exc()
            Output(as_json=wants_json(ctx)).fault(fault)
            raise click.exceptions.Exit(exit_code_of(fault)) from unforeseen


def _of_the_machine(fault: BaseException) -> HubError | None:
    """Return what is to be said of ``fault``: ours, or what files and databases refuse; None where it is a bug."""
    if isinstance(fault, HubError):
        return fault
    if isinstance(fault, BaseExceptionGroup):  # of what a server does side by side
        said = [_of_the_machine(each) for each in fault.exceptions]
        return said[0] if None not in said else None
    if isinstance(fault, OSError) and fault.strerror:
        named = os.fsdecode(fault.filename) if isinstance(fault.filename, str | bytes) else None
        return Misconfigured.told(fault.strerror, file=named, remedy="see owner, mode and room of the place")
    if isinstance(fault, sqlite3.OperationalError):
        return Misconfigured.told(
            f"the database: {fault}", remedy="see owner, mode and room of its folder, and of the disk"
        )
    inner = getattr(fault, "orig", None)  # as SQLAlchemy wraps what a driver says
    return _of_the_machine(inner) if isinstance(inner, Exception) else None


def exit_code_of(fault: HubError) -> int:
    """Return 1 for what was refused (unreadable bytes, a conflict), 2 for what could not be tried at all."""
    return REFUSED if isinstance(fault, Unreadable | Conflict) else MISUSED


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="contract-hub", prog_name="hub", message="%(prog)s %(version)s")
def hub() -> None:
    """The hub between a medical-device contract manufacturer and its customers.

    Exit codes: 0 done, 1 findings or refused, 2 wrong usage, missing file or configuration. Every command takes
    --json; results go to stdout, everything else to stderr.
    """


COMMANDS: dict[str, Entry] = {
    "serve": Entry(target="hub.cli.serve:serve", help="Run the hub: API, pages and the worker in one process."),
    "demo": Entry(target="hub.cli.demo:demo", help="Play the reference conversation over the real interfaces."),
    "try": Entry(target="hub.cli.try_file:try_file", help="Say what a file would come to, and all we would send."),
    "send": Entry(target="hub.cli.send:send", help="Hand a file to a running hub as a partner would."),
    "check": Entry(target="hub.cli.check:check", help="Find every fault in partners, maps, guides, tables and keys."),
    "inspect": Entry(
        target="hub.cli.inspect:inspect_files", help="Say what a file is, in any syntax; nothing is stored."
    ),
    "x12": Entry(target="hub.cli.x12:x12", help="Judge X12 files against our guides, storing nothing."),
    "map": Entry(target="hub.cli.map:map_", help="Work on the maps between a partner's wire and our documents."),
    "plan": Entry(target="hub.cli.plan:plan", help="Solve, show and check production plans from the shell."),
    "partner": Entry(target="hub.cli.partner:partner", help="The trading partners and their keys."),
    "message": Entry(target="hub.cli.message:message", help="What was received and sent; replay and resend."),
    "db": Entry(target="hub.cli.db:db", help="Upgrade, back up and restore the database."),
    "user": Entry(target="hub.cli.user:user", help="The people who may sign in, and their roles."),
}
