"""Defects planted on purpose: a harness that passes a hub with one of them proves nothing.

``python -m tests.crash.planted dual-write serve --data D`` is a hub with that defect. Each has a failpoint of its own
where the harm is done, so that one death is enough: the places are rare, and twenty random kills may miss them.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import TypeVar, cast

from sqlalchemy import Connection

from hub import bootstrap
from hub.cli.main import run
from hub.exchange import outbox
from hub.exchange.controls import Numbers
from hub.exchange.duties import put_duties
from hub.exchange.intake import Accepted, Incoming
from hub.exchange.model import Duty
from hub.flow import groups, inbound, outgoing
from hub.flow.effects import Effects
from hub.flow.services import Services
from hub.platform import failpoints

T = TypeVar("T")

ANSWER_LEAVES_SECONDS = 0.3  # time for a 202 to reach its client before the commit is even begun
NUMBERS_PER_ORDER = 2  # an 855 and a 997: two interchanges, two groups


def plant(defect: str) -> None:
    """Give this process the defect and its failpoint."""
    failpoints.POINTS.update(FAILPOINTS)
    DEFECTS[defect]()


class _Around:
    """Something of which one part is another; the flow is handed this in its place."""

    def __init__(self, whole: object, **parts: object) -> None:
        self._whole = whole
        vars(self).update(parts)

    def __getattr__(self, name: str) -> object:
        return getattr(self._whole, name)


def _wrap_process(around: Callable[[Services], Callable[..., object]]) -> None:
    """Let the flow write through ``around(services)`` and everybody else as ever."""
    whole = inbound.Processing

    def wrapped(services: Services) -> inbound.Processing:
        return whole(cast(Services, _Around(services, database=_Around(services.database, write=around(services)))))

    vars(bootstrap)["Processing"] = wrapped


def dual_write() -> None:
    """Effects, their numbers and the job's completion in one transaction; what goes out in a second one."""
    sent: dict[Connection, list[Callable[[Connection], None]]] = {}

    def put_later(conn: Connection, messages: Sequence[outbox.OutboundMessage], *more: Collection[str]) -> None:
        for message in messages:  # each in a moment of its own, in which it can be lost
            sent.setdefault(conn, []).append(lambda conn, message=message: outbox.put_all(conn, [message], *more))

    def owe_later(conn: Connection, duties: Sequence[Duty]) -> None:
        sent.setdefault(conn, []).append(partial(put_duties, duties=duties))

    def around(services: Services) -> Callable[..., object]:
        async def write(work: Callable[[Connection], T], *, behind: bool = False) -> T:
            mine: list[Callable[[Connection], None]] = []

            def first(conn: Connection) -> T:
                sent.pop(conn, None)
                result = work(conn)
                mine.extend(sent.pop(conn, []))
                return result

            result = await services.database.write(first)
            for rest in mine:
                failpoints.reach("between-two-writes")
                await services.database.write(rest)
            return result

        return write

    vars(outgoing).update(outbox=_Around(outbox, put_all=put_later), put_duties=owe_later)
    setattr(Effects, "note_sent", lambda effects: None)  # noqa: B010 - it refers to rows the second transaction brings
    _wrap_process(around)


def answer_before_commit() -> None:
    """A 202 for what is not yet in the database."""
    kept: set[asyncio.Task[None]] = set()
    whole = bootstrap.Hub.intake

    async def intake(self: bootstrap.Hub, incoming: Incoming) -> Accepted:
        async def commit() -> None:
            await asyncio.sleep(ANSWER_LEAVES_SECONDS)
            failpoints.reach("between-answer-and-commit")
            await whole(self, incoming)

        task = asyncio.create_task(commit())
        kept.add(task)
        task.add_done_callback(kept.discard)
        return Accepted(message_id=incoming.id)

    setattr(bootstrap.Hub, "intake", intake)  # noqa: B010


def number_of_its_own() -> None:
    """Control numbers taken in a transaction before the one that uses them."""
    reserved: dict[str, list[int]] = {"interchange": [], "group": []}

    def around(services: Services) -> Callable[..., object]:
        def reserve(conn: Connection) -> None:
            numbers = whole(conn, "acme-cardio", services.clock)
            for kind, given in reserved.items():
                given.extend(numbers.take(kind) for _ in range(NUMBERS_PER_ORDER))
            numbers.save()

        async def write(work: Callable[[Connection], T], *, behind: bool = False) -> T:
            await services.database.write(reserve)
            failpoints.reach("between-number-and-document")
            return await services.database.write(work)

        return write

    class Reserved:
        def __init__(self, *_: object) -> None: ...

        def next(self, kind: str) -> int:
            return reserved[kind][0]

        def take(self, kind: str) -> int:
            return reserved[kind].pop(0)

        def save(self) -> None: ...

    whole = Numbers
    vars(outgoing)["Numbers"] = Reserved
    vars(groups)["SETTLED_AT_ONCE"] = 1  # as many orders in a write as numbers were reserved for
    _wrap_process(around)


DEFECTS: dict[str, Callable[[], None]] = {
    "dual-write": dual_write,
    "answer-before-commit": answer_before_commit,
    "number-of-its-own": number_of_its_own,
}
FAILPOINTS = {
    "between-two-writes": "planted: the effects are committed, what they send is not",
    "between-answer-and-commit": "planted: 202 has been said, nothing has been written",
    "between-number-and-document": "planted: the numbers are committed, what bears them is not",
}


def main() -> None:
    """Run the command line with the defect that the first argument names."""
    plant(sys.argv.pop(1))
    sys.exit(run())


if __name__ == "__main__":
    main()
