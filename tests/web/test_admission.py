"""How much may be under way: one partner's burst leaves room for another, and what has arrived counts alone."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from hub.platform.blobs import INLINE_BYTES_MAX
from hub.platform.settings import Settings
from hub.web.admission import (
    MEMORY_BYTES_MAX,
    PARTNER_REQUESTS_MAX,
    PARTNER_UPLOADS_MAX,
    SMALL_BYTES,
    Admission,
    BodyProgress,
)
from hub.web.problems import Problem

MIB = 1024 * 1024
SETTINGS = Settings(body_bytes_max=40 * MIB, waiting_bytes_max=120 * MIB)


def fill(place: BodyProgress) -> int:
    """Let bytes arrive until the hub takes no more; return how many MiB it took."""
    for taken in range(1_000):
        try:
            place.take(MIB)
        except Problem:
            return taken
    raise AssertionError("it takes everything")


def test_a_partner_may_have_only_so_many_bodies_under_way() -> None:
    admission = Admission(SETTINGS)
    with ExitStack() as stack:
        for _ in range(PARTNER_REQUESTS_MAX):
            stack.enter_context(admission.place("acme"))
        with pytest.raises(Problem) as refused, admission.place("acme"):
            pass
        assert refused.value.status == 429
        assert refused.value.headers["retry-after"] == "1"
        with admission.place("other"):
            pass


def test_so_many_of_them_may_be_files() -> None:
    admission = Admission(SETTINGS)
    with ExitStack() as stack:
        for _ in range(PARTNER_UPLOADS_MAX):
            assert not stack.enter_context(admission.place("acme")).take(INLINE_BYTES_MAX + 1)
        with pytest.raises(Problem) as refused:
            stack.enter_context(admission.place("acme")).take(INLINE_BYTES_MAX + 1)
        assert refused.value.status == 429
        assert stack.enter_context(admission.place("acme")).take(SMALL_BYTES)
        assert not stack.enter_context(admission.place("other")).take(INLINE_BYTES_MAX + 1)


@pytest.mark.parametrize("hogs", [1, 2, 3, 5, 8])
def test_however_many_take_what_they_can_the_next_finds_as_much_as_each_of_them_has(hogs: int) -> None:
    admission = Admission(SETTINGS)
    with ExitStack() as stack:
        most = max(fill(stack.enter_context(admission.place(f"hog-{n}"))) for n in range(hogs))
        assert most <= 120 / 2
        assert fill(stack.enter_context(admission.place("next"))) >= 120 // 2 ** (hogs + 1)
        for n in range(hogs):
            assert stack.enter_context(admission.place(f"hog-{n}")).take(SMALL_BYTES)  # small ones always
            assert stack.enter_context(admission.place("next")).take(SMALL_BYTES)


def test_partners_that_grow_side_by_side_come_to_equal_shares() -> None:
    admission = Admission(SETTINGS)
    taken = dict.fromkeys("abc", 0)
    with ExitStack() as stack:
        growing = {name: stack.enter_context(admission.place(name)) for name in taken}
        for _ in range(100):
            for name, place in growing.items():
                try:
                    place.take(MIB)
                except Problem:
                    continue
                taken[name] += 1
        assert max(taken.values()) - min(taken.values()) <= 1
        assert sum(taken.values()) <= 90 + 3


def test_who_fills_the_room_is_told_429_and_who_finds_it_full_503() -> None:
    admission = Admission(SETTINGS)
    with admission.place("hog") as hog, admission.place("next") as following:
        fill(hog)
        with pytest.raises(Problem) as refused:
            hog.take(MIB)
        assert refused.value.status == 429
        fill(following)
        with pytest.raises(Problem) as refused:
            following.take(MIB)
        assert refused.value.status == 503


@pytest.mark.parametrize("sizes", [[], [1], [SMALL_BYTES], [100_000], [INLINE_BYTES_MAX + 1], [MIB] * 5, [1_000] * 400])
def test_a_place_is_given_back_also_when_the_request_breaks_off(sizes: list[int]) -> None:
    admission = Admission(SETTINGS)

    def break_off() -> None:
        with admission.place("acme") as place:
            for size in sizes:
                place.take(size)
            raise RuntimeError("the line broke")

    for _ in range(200):
        with pytest.raises(RuntimeError):
            break_off()
    with admission.place("acme") as place:
        assert fill(place) == 60
    assert [admission._requests, admission._held, admission._uploads] == [{}, {}, {}]
    assert (admission._total, admission._memory) == (0, 0)


def test_when_memory_is_short_a_body_goes_to_disk_as_soon_as_it_is_no_small_one() -> None:
    admission = Admission(Settings(waiting_bytes_max=1024 * MIB))
    with ExitStack() as stack:
        places = [stack.enter_context(admission.place(f"p{n // 30}")) for n in range(400)]
        in_memory = sum(place.take(INLINE_BYTES_MAX) for place in places)
        assert in_memory * (INLINE_BYTES_MAX - SMALL_BYTES) <= MEMORY_BYTES_MAX
        assert stack.enter_context(admission.place("small")).take(SMALL_BYTES)
    with admission.place("later") as place:
        assert place.take(INLINE_BYTES_MAX)
