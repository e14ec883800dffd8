"""The page of partners tells who is over its budget, as long as it lasts, and only to whom it may be told."""

from __future__ import annotations

import re

import httpx
import pytest
from litestar import Litestar

from tests.web.conftest import client_of, session_of
from tests.web.small_hub import OTHER, SmallHub

pytestmark = pytest.mark.anyio

ENGLISH = "The partner is over its budget of what may be stored in a day; nothing more is taken from it meanwhile"


def notices(page: str) -> list[str]:
    """Return the names under which a notice stands."""
    return re.findall(r'role="alert">.*?<strong>([^<]+)</strong> [^<]', page, re.DOTALL)


@pytest.mark.parametrize("waits", [1.0, 59.0, 3_600.0, 86_400.0])
async def test_who_is_over_its_budget_is_named_on_the_page(
    engineer: httpx.AsyncClient, hub: SmallHub, waits: float
) -> None:
    hub.waits = waits
    page = (await engineer.get("/partners")).text
    assert notices(page) == ["Acme-Cardio", OTHER.title()]
    assert page.count(ENGLISH) == 2


async def test_nobody_is_named_before_and_after(engineer: httpx.AsyncClient, hub: SmallHub) -> None:
    for waits, named in ((None, 0), (60.0, 2), (None, 0)):
        hub.waits = waits
        assert len(notices((await engineer.get("/partners")).text)) == named


@pytest.mark.parametrize(("language", "begins"), [("en", "The partner is over"), ("zh-CN", "该伙伴已超出")])
async def test_it_is_said_in_the_viewers_language(
    engineer: httpx.AsyncClient, hub: SmallHub, language: str, begins: str
) -> None:
    hub.waits = 60.0
    page = (await engineer.get("/partners", headers={"accept-language": language})).text
    assert begins in page
    assert (ENGLISH in page) == (language == "en")


@pytest.mark.parametrize("role", ["viewer", "account-manager", "onboarding-engineer", "administrator"])
@pytest.mark.parametrize("partner", ["acme-cardio", OTHER])
async def test_who_sees_one_partner_alone_hears_of_no_other(
    app: Litestar, hub: SmallHub, role: str, partner: str
) -> None:
    hub.waits = 60.0
    token, _ = session_of(hub, role, partners=[partner])
    async with client_of(app) as client:
        client.cookies.set("hub_session", token)
        client.headers["accept"] = "text/html"
        answer = await client.get("/partners")
    assert answer.status_code == 200
    assert notices(answer.text) == [partner.title()]
