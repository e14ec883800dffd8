"""Whoever has least of a lane goes next; who has much waiting keeps nobody else from his turn."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.platform import lanes
from hub.platform.lanes import Share, owners_in_turn, taken_in_turns, turns
from hub.platform.turnstile import Turnstile

OWNERS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 40), min_size=1)
SHARES = st.dictionaries(
    st.sampled_from("abcdefgh"), st.builds(Share, in_hand=st.integers(0, 12), served=st.integers(0, 9))
)


@given(OWNERS, SHARES, st.integers(0, 60), st.integers(1, 30))
def test_turns_level_what_owners_have_and_leave_no_room_unused(
    waiting: dict[str, int], shares: dict[str, Share], room: int, most: int
) -> None:
    asked: list[int] = []

    def fetch(owner: str, count: int) -> list[tuple[str, int]]:
        asked.append(count)
        return [(owner, n) for n in range(min(count, waiting[owner]))]

    given_ = taken_in_turns(sorted(waiting), fetch, shares, room, most)
    had = {owner: shares.get(owner, Share()).in_hand for owner in waiting}
    got = Counter(owner for owner, _ in given_)
    for owner in waiting:
        assert [n for whose, n in given_ if whose == owner] == list(range(got[owner])), "each the oldest first, once"
        assert got[owner] <= max(0, most - had[owner])
    could = sum(min(waiting[owner], max(0, most - had[owner])) for owner in waiting)
    assert len(given_) == min(room, could)
    for poor in waiting:
        if got[poor] < waiting[poor] and had[poor] + got[poor] < most:  # it would have liked more
            assert all(had[rich] + got[rich] <= had[poor] + got[poor] + 1 for rich in waiting if got[rich])
    assert all(count <= room for count in asked), "never more is asked for than there is room for"


def test_of_two_who_have_as_much_the_one_whose_last_turn_is_longer_ago_is_next() -> None:
    served = {"a": Share(served=3), "b": Share(served=1), "c": Share(served=2)}
    assert turns({"a": 1, "b": 1, "c": 1, "new": 1}, served, 4, 9) == ["new", "b", "c", "a"]


def test_threads_go_through_a_turnstile_one_at_a_time_in_the_order_in_which_they_came() -> None:
    turnstile, inside, order = Turnstile(), list[int](), list[int]()
    came = [threading.Event() for _ in range(4)]

    def go(number: int) -> None:
        came[number].set()
        with turnstile:
            assert not inside
            inside.append(number)
            order.append(number)
            inside.clear()

    with turnstile:
        threads = []
        for number, event in enumerate(came):
            threads.append(threading.Thread(target=go, args=(number,)))
            threads[-1].start()
            event.wait()
            while len(turnstile._waiting) <= number:
                pass
        assert order == []
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3]


def test_who_is_inside_for_long_lets_others_pass_and_comes_back() -> None:
    turnstile, seen = Turnstile(), list[str]()
    waits = threading.Event()

    def short() -> None:
        with turnstile:
            seen.append("short")

    thread = threading.Thread(target=short)
    with turnstile:
        for number, item in enumerate("abcdef"):
            if number and number % 2 == 0:
                turnstile.pass_on()
            seen.append(item)
            if item == "a":
                thread.start()
                while not turnstile._waiting:
                    waits.wait(0.001)
    thread.join()
    assert seen == ["a", "b", "short", "c", "d", "e", "f"]


@pytest.mark.parametrize("count", [3, 4, 5, 9, 11, 40])
def test_of_more_owners_than_are_asked_at_once_each_has_its_turn(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(lanes, "OWNERS_MAX", 4)
    owners = [f"owner-{n:03d}" for n in range(count)]
    served: dict[str, Share] = {}

    def ask(behind: str | None) -> list[str]:
        return [owner for owner in owners if behind is None or owner > behind][: lanes.OWNERS_MAX]

    for turn in range(1, count + 1):
        found = owners_in_turn(ask, served)
        assert len(set(found)) == len(found) <= lanes.OWNERS_MAX
        [owner] = taken_in_turns(found, lambda owner, most: [owner] * most, served, 1, 1)  # each has a pile
        served[owner] = Share(served=turn)
    assert set(served) == set(owners)
