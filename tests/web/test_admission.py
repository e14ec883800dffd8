"""How much may be under way: one partner's burst leaves room for another."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from hub.platform.settings import Settings
from hub.web.admission import PARTNER_REQUESTS_MAX, TRACKED_MAX, Admission, RateLimit
from hub.web.problems import Problem

SETTINGS = Settings(body_bytes_max=100, waiting_bytes_max=1000)


def test_a_partner_may_have_only_so_many_bodies_under_way() -> None:
    admission = Admission(SETTINGS)
    with ExitStack() as stack:
        for _ in range(PARTNER_REQUESTS_MAX):
            stack.enter_context(admission.place("acme", 1))
        with pytest.raises(Problem) as refused, admission.place("acme", 1):
            pass
        assert refused.value.status == 429
        assert refused.value.headers["retry-after"] == "1"
        with admission.place("other", 1):
            pass


def test_a_partner_fills_half_of_the_room_and_leaves_the_other_half() -> None:
    admission = Admission(SETTINGS)
    with admission.place("acme", 400), admission.place("other", 400):
        with pytest.raises(Problem) as refused, admission.place("acme", 101):
            pass
        assert refused.value.status == 429


def test_when_the_room_is_full_the_hub_says_so_with_503() -> None:
    admission = Admission(SETTINGS)
    with admission.place("a", 500), admission.place("b", 450):
        with pytest.raises(Problem) as refused, admission.place("c", 100):
            pass
        assert refused.value.status == 503


def test_a_place_is_given_back_also_when_the_request_breaks_off() -> None:
    admission = Admission(SETTINGS)
    for _ in range(3):
        with pytest.raises(RuntimeError), admission.place("acme", 1000):
            raise RuntimeError("the line broke")
    with admission.place("acme", 1000):
        pass


def test_a_rate_limit_says_how_long_to_wait_and_then_lets_go_on() -> None:
    now = [0.0]
    limit = RateLimit(2, 10.0, lambda: now[0])
    assert [limit.wait_seconds("ada") for _ in range(2)] == [0, 0]
    assert limit.wait_seconds("ada") == 10
    assert limit.wait_seconds("bob") == 0
    now[0] = 10.5
    assert limit.wait_seconds("ada") == 0


def test_a_rate_limit_forgets_the_oldest_when_too_many_knock() -> None:
    limit = RateLimit(1, 10.0, lambda: 0.0)
    for n in range(TRACKED_MAX + 1):
        limit.wait_seconds(str(n))
    assert limit.wait_seconds("0") == 0
