"""A hub killed at random moments and at every failpoint loses nothing, doubles nothing and leaves no gap.

And the test of the test: a hub with a planted defect must be found out by the same harness.
"""

from __future__ import annotations

import random
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.crash.harness import History, Senders, drained, prepare
from tests.crash.nursery import Nursery

KILLS = 20
PAUSE_SECONDS = (0.05, 0.9)  # between ready and the kill
ANSWERED_MIN = 5 * KILLS  # a few per life: fewer, and the hub was safe only because it did nothing


def test_twenty_random_kills_lose_nothing_double_nothing_and_leave_no_gap(
    nursery: Nursery, template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = random.SystemRandom().randrange(1_000_000)
    with capsys.disabled():
        print(f"\nrandom kills: seed {seed}")
    moments = random.Random(seed)
    server, history = prepare(nursery, template, tmp_path), History()
    server.start()
    with Senders(server, history) as senders:
        for _ in range(KILLS):
            time.sleep(moments.uniform(*PAUSE_SECONDS))
            server.kill()
            server.start()
        senders.wait_answered(10)
    findings = drained(server, history)
    server.kill()
    assert findings.clean, f"seed {seed}: {findings}\n{server.said()}"
    assert findings.answered >= ANSWERED_MIN, f"seed {seed}: no progress: {findings}\n{server.said()}"


def test_a_second_hub_on_the_same_data_is_refused_and_the_first_serves_on(
    nursery: Nursery, template: Path, tmp_path: Path
) -> None:
    first, history = prepare(nursery, template, tmp_path), History()
    first.start()
    second = replace(first)
    with pytest.raises(AssertionError, match=rf"another hub \(process {first.pid}\) serves"):
        second.start()
    assert second.ended == 2  # as a taken port ends it
    with Senders(first, history) as senders:
        senders.wait_answered(1)
    assert drained(first, history).clean, first.said()
    first.kill()
