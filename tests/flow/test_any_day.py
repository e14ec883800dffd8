"""A day of one partner: good, repeated, broken and replayed messages in any order, and what holds all the same."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import NOW
from tests.flow.at_work import AtWork, assert_each_finding_helps
from tests.flow.wire import acknowledgement, of_kind, one_order
from tests.stored import FrozenClock

DAYS = 12  # of up to 14 messages each: some seconds
FAULTS = {
    "as it should be": lambda body: body,
    "with a line end": lambda body: body + b"\r\n",
    "cut short": lambda body: body[:250],
    "SE01 wrong": lambda body: body.replace(b"SE*7*", b"SE*8*"),
    "GE01 wrong": lambda body: body.replace(b"GE*1*", b"GE*2*"),
    "IEA01 wrong": lambda body: body.replace(b"IEA*1*", b"IEA*2*"),
    "for somebody else": lambda body: body.replace(b"MEDCM    ", b"OTHER    "),
    "a letter as quantity": lambda body: body.replace(b"*100*EA*12", b"*X*EA*12"),
    "an unknown set": lambda body: body.replace(b"ST*850*", b"ST*860*"),
    "other content": lambda body: body.replace(b"*100*", b"*150*"),
    "NUL bytes": lambda body: body.replace(b"CUR", b"\0UR"),
    "no X12": lambda body: b"<" + body,
    "a new number": lambda body: body.replace(b"00000010", b"00000020"),
    "an unknown unit": lambda body: body.replace(b"*100*EA*12", b"*100*FZ*12"),
}
FINAL = {"accepted", "changed", "refused", "held", "duplicate", "quarantined"}
MESSAGES = st.lists(
    st.tuples(st.integers(1, 3), st.sampled_from(sorted(FAULTS)), st.sampled_from(["send", "send", "send", "replay"])),
    min_size=1,
    max_size=14,
)


@given(day=MESSAGES)
@settings(max_examples=DAYS, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_comes_each_order_is_made_once_and_no_number_is_lost(
    sqlite_template: Path, day: list[tuple[int, str, str]]
) -> None:
    with tempfile.TemporaryDirectory() as data:
        hub = AtWork(Path(data), FrozenClock(NOW), sqlite_template)
        try:
            for order, fault, action in day:
                got = hub.send(FAULTS[fault](one_order(f"450000000{order}", 100 + order)))
                if action == "replay":
                    hub.replay(got.message.id)
            _holds(hub)
        finally:
            hub.close()


def _holds(hub: AtWork) -> None:
    backlog = hub.backlog()
    assert (backlog.ready, backlog.running, backlog.dead) == (0, 0, 0)
    received = hub.log(direction="in")
    for row in received:
        assert row.stage == "finished"
        assert row.validation != "pending"
        assert row.outcome in FINAL
        assert (row.why is None) == (row.outcome in ("accepted", "changed")) or row.outcome == "duplicate"
        assert_each_finding_helps(hub.detail(row.id))
    sent = hub.sent()
    assert [each.number for each in sent] == list(range(1, len(sent) + 1))
    groups = sorted(each.group for each in sent if each.group is not None)
    assert groups == list(range(1, len(groups) + 1))
    numbers = [row.number for row in hub.orders()]
    assert len(numbers) == len(set(numbers))
    assert sorted(each.one("BAK")[3] for each in of_kind(sent, "855")) == sorted(numbers), "one answer for each order"
    owed = {each.message for each in of_kind(sent, "855")}
    assert {row.id for row in hub.log(status="awaited")} == owed
    for each in of_kind(sent, "855"):
        assert each.group is not None
        told = hub.send(acknowledgement(each.group, control=900 + each.group))
        assert told.message.outcome == "accepted"
    assert hub.log(status="awaited") == []
    assert hub.send(one_order("4500000099", 999)).message.outcome == "accepted", "the hub goes on"
