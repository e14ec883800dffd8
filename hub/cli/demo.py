"""``hub demo``: the reference conversation, played over the real interfaces as a partner's own system would.

A hub is started on the data directory, a key is made, messages go in over HTTP and answers are fetched from the
mailbox; each is shown as it went over the wire. Then the hub stays up for its pages, until Ctrl-C or ``--no-serve``.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from itertools import count
from pathlib import Path
from types import FrameType
from zoneinfo import ZoneInfo

import click
import msgspec
from sqlalchemy import Connection

from hub.access import people
from hub.access.keys import is_live, keys_of, make_key, revoke_key
from hub.business.rooms import RIGHTS
from hub.cli.conversation import Conversation, PlayedMessage, conversations
from hub.cli.output import Output, refuse, reports
from hub.cli.scene import Played, Scene, scene_of
from hub.cli.serve import listen
from hub.cli.stored import actor, data_option, own_address, settings_for
from hub.exchange.partners import load_partners
from hub.formats.x12.guides import GuideLibrary
from hub.kernel.clock import SystemClock
from hub.kernel.errors import Misconfigured
from hub.kernel.identity import new_id
from hub.kernel.scope import EVERYONE
from hub.platform import schema
from hub.platform.at_rest import own_folder
from hub.platform.configuration import find_configuration
from hub.platform.database import open_database
from hub.platform.ownership import Ownership
from hub.platform.settings import Settings
from hub.transport.http import HubClient

READY_SECONDS_MAX = 30.0  # a start takes one or two; a loaded machine ten times as long
ANSWER_SECONDS_MAX = 15.0  # an order is answered within one second
POLL_SECONDS = 0.05
LINE_CHARACTERS = 117  # shown of a body; JSON of ours is one line
LABEL = LOGIN = "demo"
ROLES = ["account-manager", "onboarding-engineer", "administrator"]  # whoever may do all that the pages offer
STOP_SECONDS = 15.0


@click.command()
@click.option("--port", type=click.IntRange(1, 65_535), metavar="P", help="Of the pages. [default: 8000]")
@click.option("--no-serve", is_flag=True, help="Stop when the conversation has been played.")
@data_option
@reports
def demo(out: Output, port: int | None, no_serve: bool, data: Path | None) -> None:
    """Play the reference conversation over the real interfaces."""
    signal.signal(signal.SIGTERM, _asked_to_stop)
    settings = settings_for(data, port=port)
    listen(settings).close()  # whoever has the port would be taken for the hub that is started here
    configuration = find_configuration(settings.config_path)
    found = conversations(configuration)
    if not found:
        raise Misconfigured.told("no partner has a conversation", remedy="add partners/<id>/conversation.toml")
    if settings.database_url is None:
        Ownership(settings.data).release()  # before keys and links of a demo that runs there are taken away
    partners = {partner.id: partner for partner in load_partners(configuration).all()}
    plants = [
        partner.id for partner in partners.values() if partner.kind == "plant" and partner.outbound() == "mailbox"
    ]
    keys, link = _prepare(settings, [*found, *plants])
    played: list[dict[str, object]] = []
    with _hub(out, settings) as process:
        before = {plant: _waiting(settings, plant, keys[plant]) for plant in plants}
        for partner, conversation in found.items():
            now = SystemClock().now().astimezone(ZoneInfo(partners[partner].time_zone))
            guides = GuideLibrary(configuration.roots)
            with HubClient(own_address(settings), keys[partner]) as client:
                player = _Player(out, client, partner, conversation, now)
                for step in conversation.steps:
                    body = configuration.read(f"partners/{partner}/{step.send}")
                    played.append(player.play(step, scene_of(body, step, guides, partner)))
        told = [each for plant in plants for each in _told(out, settings, plant, keys[plant], before[plant])]
        out.value({"played": played, "told": told, "pages": own_address(settings)})
        _say_next(out, settings, found, keys)
        if not no_serve:
            _stay(out, settings, link, process)


class _Player:
    """Plays one partner's part and shows both sides."""

    def __init__(self, out: Output, client: HubClient, partner: str, told: Conversation, now: datetime) -> None:
        self._out, self._client, self._partner, self._now = out, client, partner, now
        out.line(f"{told.title} ({partner})", apart=True)

    def play(self, step: PlayedMessage, scene: Scene) -> dict[str, object]:
        """Send the message of ``step`` and wait for its answers; return what a machine wants to know."""
        message = self._first_unused(scene)
        self._out.line(f"{step.says}.", apart=True)
        self._out.line(
            f"Its dates are moved by {message.moved_days} days, so that it is placed today, {self._now:%Y-%m-%d}."
        )
        _show(self._out, f"{self._partner} sends", message.body)
        started = time.monotonic()
        receipt = self._client.send(self._partner, message.body)
        self._out.line(f"   202 after {_milliseconds(started)}: stored as message {receipt['message']}")
        answers = self._answers(str(receipt["message"]), step)
        for kind, body in answers:
            _show(self._out, f"the hub answers {kind}, fetched after {_milliseconds(started)}", body)
        return {
            "partner": self._partner,
            "message": receipt["message"],
            "numbers": message.numbers,
            "answers": [kind for kind, _ in answers],
            "seconds": round(time.monotonic() - started, 3),
        }

    def _first_unused(self, scene: Scene) -> Played:
        """Return the message under the first numbers that this hub has not seen: the demo may have run before."""
        for turn in count():
            message = scene.play(self._now, turn)
            number = next(iter(message.numbers.values()), None)
            if number is None or not self._client.orders(self._partner, number):
                return message
        raise AssertionError  # count() has no end

    def _answers(self, message: str, step: PlayedMessage) -> list[tuple[str, bytes]]:
        """Fetch the answers to ``message`` from the mailbox and say so, as the partner does."""
        found: dict[str, bytes] = {}
        until = time.monotonic() + ANSWER_SECONDS_MAX
        while set(step.expect) - set(found):
            if time.monotonic() > until:
                missing = ", ".join(sorted(set(step.expect) - set(found)))
                self._out.note(f"no {missing} within {ANSWER_SECONDS_MAX:.0f} s; see message {message}")
                refuse()
            for item in list(self._client.mailbox(self._partner)):
                if item["answers"] == message:
                    found[item["wire"]] = self._client.fetch(self._partner, item["id"])
                    self._client.received(self._partner, item["id"])
            time.sleep(POLL_SECONDS)
        return list(found.items())


def _waiting(settings: Settings, plant: str, key: str) -> set[str]:
    """Return the ids of what waits for our own system."""
    with HubClient(own_address(settings), key) as client:
        return {item["id"] for item in client.mailbox(plant)}


def _told(out: Output, settings: Settings, plant: str, key: str, before: Collection[str]) -> list[dict[str, object]]:
    """Fetch what our own system was told since ``before``, as that system does, and show it."""
    out.line(f"What our own system is told of these orders ({plant})", apart=True)
    found: list[dict[str, object]] = []
    with HubClient(own_address(settings), key) as client:
        for item in [item for item in client.mailbox(plant) if item["id"] not in before]:
            _show(out, f"{plant} fetches {item['document']}", client.fetch(plant, item["id"]))
            client.received(plant, item["id"])
            found.append({"partner": plant, "message": item["id"], "document": item["document"]})
    return found


def _prepare(settings: Settings, partners: list[str]) -> tuple[dict[str, str], str]:
    """Bring the database up to date; make a key for each partner and a link by which a person may sign in."""
    own_folder(settings.data)
    database = open_database(settings.data, settings.database_url)
    now = SystemClock().now()

    def work(conn: Connection) -> tuple[dict[str, str], str]:
        keys = {partner: _new_key(conn, partner, now) for partner in partners}
        person = people.find_person(conn, LOGIN) or people.add_person(
            conn,
            person_id=new_id(),
            login=LOGIN,
            name="Demo",
            roles=ROLES,
            partners=None,
            language=None,
            now=now,
            actor=actor(),
        )
        return keys, people.make_link(conn, person, now=now, actor=actor())

    try:
        schema.upgrade(database)
        return database.write_now(work)
    finally:
        database.close_now()


def _new_key(conn: Connection, partner: str, now: datetime) -> str:
    """Make a key in place of the one an earlier demo made: only two may live."""
    for key in keys_of(conn, partner):
        if key.label == LABEL and is_live(key, now):
            revoke_key(conn, EVERYONE, key.id, now=now, actor=actor())
    return make_key(conn, partner, now=now, actor=actor(), scopes=RIGHTS.of_keys, label=LABEL)


@contextlib.contextmanager
def _hub(out: Output, settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``hub serve`` beside us until the end."""
    command = [sys.executable, "-m", "hub", "serve", "--json", "--data", str(settings.data)]
    command += ["--port", str(settings.port)]
    log = settings.data / "serve.log"
    with (
        log.open("ab") as lines,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=lines) as process,
    ):
        try:
            _wait_until_ready(process, log)
            out.line(f"The hub runs at {own_address(settings)} on {settings.data}; its log is {log}")
            yield process
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(STOP_SECONDS)
            process.kill()


def _wait_until_ready(process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the hub itself says that it is ready: whoever answers at its address may be another."""
    assert process.stdout is not None
    until = time.monotonic() + READY_SECONDS_MAX
    while time.monotonic() < until:
        said, _, _ = select.select([process.stdout], [], [], POLL_SECONDS)
        if said and _says_ready(process.stdout.readline()):
            return
        if process.poll() is not None:
            break
    last = log.read_text(errors="replace").splitlines()[-1:] or ["it said nothing"]
    raise Misconfigured.told(f"the hub did not start: {last[0].removeprefix('hub: ')}", file=str(log))


def _says_ready(line: bytes) -> bool:
    """Tell the line by which a hub says where it is from one that says why it is not."""
    return line.startswith(b"{") and "url" in msgspec.json.decode(line)


def _asked_to_stop(number: int, frame: FrameType | None) -> None:
    """End as asked, and the hub with us: whoever is told to stop leaves nobody behind."""
    raise SystemExit(0)


def _say_next(out: Output, settings: Settings, found: Mapping[str, Conversation], keys: Mapping[str, str]) -> None:
    """Say what to try, as it is typed here."""
    hub = Path(sys.argv[0])
    shown = hub if not hub.is_absolute() else os.path.relpath(hub) if hub.is_relative_to(Path.cwd()) else hub.name
    out.line("Try, in another terminal:", apart=True)
    for partner, conversation in found.items():
        if conversation.next:
            send = f"send partners/{partner}/{conversation.next} --partner {partner} --wait"
            out.line(f"   HUB_KEY={keys[partner]} {shown} {send} --url {own_address(settings)}")
    out.line(f"   {shown} message list --data {settings.data}")
    out.line(f"   {shown} --help")


def _stay(out: Output, settings: Settings, link: str, process: subprocess.Popen[bytes]) -> None:
    out.line(f"Pages:    {own_address(settings)}", apart=True)
    out.line(f"Sign in:  {own_address(settings)}/welcome?token={link}  (sets a password for '{LOGIN}'; works once)")
    out.line("Ctrl-C ends it.")
    with contextlib.suppress(KeyboardInterrupt):
        process.wait()


def _show(out: Output, title: str, body: bytes) -> None:
    out.line(f"-- {title}", apart=True)
    text = body.decode("utf-8", "replace")
    if body[:3] == b"ISA":
        text = text.replace("~", "~\n")
    for line in text.splitlines():
        for at in range(0, len(line.rstrip()), LINE_CHARACTERS):
            out.line(f"   {line[at : at + LINE_CHARACTERS]}")


def _milliseconds(since: float) -> str:
    return f"{(time.monotonic() - since) * 1000:.0f} ms"
