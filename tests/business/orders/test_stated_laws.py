"""Laws of promises, on 850s that chance writes.

What is accepted as ordered keeps every day and place stated; and where some day keeps all, a line is accepted so.
"""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.business.orders.model import Status
from tests.business.orders.from_wire import EARLIEST, ITEM, TODAY, WEEKENDS, Answered, answered, order

# what the standard says of a qualifier, written down here a second time: axis and kind of bound
MEANS = {
    "002": ("deliver", "on"), "067": ("deliver", "on"), "064": ("deliver", "from"), "071": ("deliver", "from"),
    "063": ("deliver", "until"), "074": ("deliver", "until"), "106": ("deliver", "until"), "010": ("ship", "on"),
    "068": ("ship", "on"), "118": ("ship", "on"), "037": ("ship", "from"), "081": ("ship", "from"),
    "038": ("ship", "until"), "084": ("ship", "until"), "001": ("both", "until"), "175": ("both", "until"),
    "061": ("both", "until"), "004": ("none", ""), "097": ("none", ""),
}  # fmt: skip
NOT_WEIGHED = ["017", "077", "087", "152", "177", "196", "999"]

DAYS = st.integers(-3, 200).map(lambda days: TODAY + timedelta(days=days))
TIMES = st.sampled_from(["", "", "", "", "0000", "0659", "2359", "1200"])
ZONES = st.sampled_from(["", "", "GM", "ET", "LT"])
FORMS = st.sampled_from(["plain", "plain", "plain", "D8", "RD8", "CM"])
SAID = st.lists(
    st.tuples(st.sampled_from([*MEANS, *MEANS, *NOT_WEIGHED]), DAYS, st.integers(0, 20), FORMS, TIMES, ZONES),
    max_size=3,
)
PLACES = st.sampled_from(["", "", "", "N1*ST*Galway*92*DC09~", "N1*ST*Acme DC Memphis*92*DC04~", "N1*Z7*Ward 3*92*W3~"])

Entry = tuple[str, date, int, str, str, str]


def segment(entry: Entry) -> str:
    qualifier, day, length, form, time, zone = entry
    if form == "plain":
        return f"DTM*{qualifier}*{day:%Y%m%d}*{time}*{zone if time else ''}~".replace("**~", "~").replace("*~", "~")
    if form == "D8":
        return f"DTM*{qualifier}****D8*{day:%Y%m%d}~"
    if form == "RD8":
        return f"DTM*{qualifier}****RD8*{day:%Y%m%d}-{day + timedelta(days=length):%Y%m%d}~"
    return f"DTM*{qualifier}****CM*{day:%Y%m}~"


def only_a_person_can_weigh(entry: Entry) -> bool:
    qualifier, _, _, form, time, zone = entry
    _, kind = MEANS.get(qualifier, ("none", "?"))
    if form == "CM" or (form == "plain" and time and zone):
        return True
    if kind == "":
        return False
    return kind == "?" or (form == "plain" and time in ("0659", "1200")) or (form == "RD8" and kind != "on")


def bounds(entries: list[Entry]) -> list[tuple[str, str, date]]:
    """Return axis, kind and day of each bound."""
    found = []
    for qualifier, day, length, form, _, _ in entries:
        axis, kind = MEANS.get(qualifier, ("none", ""))
        if axis == "none":
            continue
        if form == "RD8":
            found += [(axis, "from", day), (axis, "until", day + timedelta(days=length))]
        else:
            found.append((axis, kind, day))
    return found


def narrowed(wide: list[tuple[str, str, date]], near: list[tuple[str, str, date]]) -> list[tuple[str, str, date]]:
    replaced = {(axis, kind) for axis, kind, _ in near} | {(axis, "on") for axis, _, _ in near}
    return near + [bound for bound in wide if bound[:2] not in replaced]


def binding(head: list[Entry], line: list[Entry]) -> list[tuple[str, str, date]]:
    return narrowed(bounds(head), bounds(line))


def kept(got: Answered, bound: tuple[str, str, date]) -> bool:
    axis, kind, day = bound
    promised = [
        made
        for part in got.decision.lines[0].state.promises
        for made in (
            [part.deliver] if axis == "deliver" else [part.ship] if axis == "ship" else [part.deliver, part.ship]
        )
    ]
    if axis == "both":
        return all(made is None or made <= day for made in promised)
    return all(
        made is not None and (made == day if kind == "on" else made >= day if kind == "from" else made <= day)
        for made in promised
    )


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(head=SAID, line=SAID, place=PLACES)
def test_a_line_accepted_as_ordered_keeps_every_day_and_place(head: list[Entry], line: list[Entry], place: str) -> None:
    got = answered(order(head="".join(map(segment, head)), lines=f"PO1*1*{ITEM}{''.join(map(segment, line))}{place}"))
    status = got.decision.lines[0].state.status
    if status is not Status.ACCEPTED:
        assert got.decision.all_reasons, "said why"
        assert status in (Status.HELD, Status.REFUSED, Status.RESCHEDULED)
        return
    assert not any(only_a_person_can_weigh(entry) for entry in [*head, *line])
    assert "DC09" not in place
    assert "W3" not in place
    for bound in binding(head, line):
        assert kept(got, bound), (bound, got.decision.lines[0].state.promises)
    if not any(MEANS.get(entry[0], ("",))[0] != "none" for entry in [*head, *line]):
        assert got.codes <= {"BUS-DATE-FILLED"}


NEAR = st.integers(0, 16).map(lambda days: EARLIEST + timedelta(days=days - 4))
WEIGHED = st.lists(st.tuples(st.sampled_from([*MEANS]), NEAR), max_size=3)


def days_that_keep(bounds: list[tuple[str, str, date]], axis: str) -> list[date]:
    return [
        day
        for day in (EARLIEST + timedelta(days=days) for days in range(60))
        if all(
            (day == bound) if kind == "on" else (day >= bound) if kind == "from" else (day <= bound)
            for of, kind, bound in bounds
            if of in (axis, "both")
        )
    ]


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(head=WEIGHED, line=WEIGHED, schedule=st.none() | st.tuples(st.sampled_from([*MEANS]), NEAR))
def test_a_line_whose_days_some_day_keeps_is_neither_moved_nor_held_for_them(
    head: list[tuple[str, date]], line: list[tuple[str, date]], schedule: tuple[str, date] | None
) -> None:
    whole, own, near = (
        [(qualifier, day, 0, "plain", "", "") for qualifier, day in said]
        for said in (head, line, [schedule] if schedule else [])
    )
    below = f"SCH*250*EA***{schedule[0]}*{schedule[1]:%Y%m%d}~" if schedule else ""
    said = "".join(map(segment, own)) + below
    got = answered(order(head="".join(map(segment, whole)), line=said), calendar=WEEKENDS)
    stated = narrowed(narrowed(bounds(whole), bounds(own)), bounds(near))
    deliver, ship = days_that_keep(stated, "deliver"), days_that_keep(stated, "ship")
    axes = {axis for axis, _, _ in stated}
    if not (deliver or ("deliver" not in axes and "ship" in axes)) or not (ship or "ship" not in axes):
        return
    if {"deliver", "ship"} <= axes and ship[0] > deliver[-1]:
        return
    moved = {"BUS-DATE-LEAD-TIME", "BUS-DATE-NOT-BEFORE", "BUS-DATE-CANCELLED", "BUS-DATE-CONFLICT"}
    assert not got.codes & moved, (stated, got.decision.all_reasons)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    head=st.lists(st.tuples(st.sampled_from([*MEANS]), DAYS), max_size=3),
    parts=st.lists(
        st.tuples(st.sampled_from(["002", "010", "106", "037", "001", "077"]), DAYS), min_size=1, max_size=3
    ),
)
def test_every_schedule_accepted_as_ordered_keeps_its_day_and_the_last_days_of_its_order(
    head: list[tuple[str, date]], parts: list[tuple[str, date]]
) -> None:
    above = "".join(f"DTM*{qualifier}*{day:%Y%m%d}~" for qualifier, day in head)
    below = "".join(f"SCH*250*EA***{qualifier}*{day:%Y%m%d}~" for qualifier, day in parts)
    many = ITEM.replace("250*EA", f"{250 * len(parts)}*EA")
    got = answered(order(head=above, lines=f"PO1*1*{many}{below}"))
    state = got.decision.lines[0].state
    if state.status is Status.HELD or state.status is Status.REFUSED:
        return
    last = [day for qualifier, day in head if MEANS[qualifier][0] == "both"]
    for (qualifier, day), promise in zip(parts, state.promises, strict=True):
        made = promise.deliver or promise.ship
        assert made is not None
        if qualifier != "001":  # a schedule that says a day of cancellation of its own is waited for until then
            assert all(made <= end for end in last), "nobody waits any longer"
        if promise.status is Status.ACCEPTED:
            axis, kind = MEANS[qualifier]
            own = promise.ship if axis == "ship" else made
            assert own is not None
            assert own >= day if kind == "from" else own <= day if kind == "until" else own == day
