"""The child of ``test_subprocesses``: doubles what it is given, and does some things that it is told to do."""

from __future__ import annotations

import asyncio
import os
import sys
import time

from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.errors import Misconfigured, Unreadable
from hub.kernel.location import Location
from hub.platform.subprocesses import Subprocess, answer

TOKEN = "the same rules"
ANSWERS = int | str | None


def work(items: list[int | str]) -> list[object]:
    return [_one(item) for item in items]


def _one(item: int | str) -> object:
    if item == "die":
        os._exit(3)
    if item == "sleep":
        time.sleep(600)
    if item == "print":
        print("something")
    if item == "pid":
        return os.getpid()
    if item == "secret":
        return os.environ.get("HUB_DATABASE_URL")
    if item == "another type":
        return 1.5
    if item == "misconfigured":
        return Misconfigured.told("no such map", file="partner.toml", line=7, remedy="name another")
    if item == "unreadable":
        found = [Diagnostic(code="SYN-XML-EMPTY", severity=Severity.ENVELOPE, location=Location(line=1))]
        fault = Unreadable.of(found, "xml", reference="17")
        fault.numbers = [("item", "A"), ("item", "B")]
        return fault
    return item * 2


async def be_a_parent() -> None:
    """Start a child, say which, give it work without end, and wait to be killed."""
    child = Subprocess(__spec__.name, answers=ANSWERS, token=TOKEN, seconds_max=600, alone_seconds_max=600)
    print(*await child.run(["pid"]), flush=True)
    await child.run(["sleep"])


if __name__ == "__main__":
    if "parent" in sys.argv:
        asyncio.run(be_a_parent())
    if "slow" in sys.argv:
        time.sleep(2)
    if "broken" in sys.argv:
        sys.exit(7)
    answer(work, int | str, TOKEN)
