"""Files that were set aside, as those meet them who look for what arrived: on the log, on a page, in the shell."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.access import shared_secrets
from hub.cli.main import run
from hub.security import passwords
from hub.web.app import create_app
from tests.flow.at_work import AtWork
from tests.flow.overlay import change
from tests.flow.test_cxml import MERIDIAN, ORDER
from tests.web.conftest import client_of, session_of

OpenOver = Callable[[Path], AtWork]
SECRET = "spring tide 0815"
WRONG = "neap tide 4711"


def signed(secret: str) -> bytes:
    return re.sub(
        rb"(<Sender>\s*<Credential[^>]*>\s*<Identity>[^<]*</Identity>)",
        lambda found: found[1] + b"<SharedSecret>" + secret.encode() + b"</SharedSecret>",
        ORDER,
        count=1,
    )


@pytest.fixture
def aside(hub_with: OpenOver, tmp_path: Path) -> AtWork:
    """A hub in whose folders a cXML was dropped that is signed by a wrong secret."""
    overlay = tmp_path / "overlay"
    change(overlay, f"partners/{MERIDIAN}/partner.toml", '"mailbox"', '"folder"')
    hub = hub_with(overlay)
    hashed = passwords.hash_password(SECRET)
    hub.hub.database.write_now(
        lambda conn: shared_secrets.put_secret(conn, MERIDIAN, hashed, now=hub.hub.clock.now(), actor="test")
    )
    hub.drop("order <b>.xml", signed(WRONG), MERIDIAN)
    hub.sweep()
    return hub


def page(hub: AtWork, path: str, *roles: str, language: str = "en", post: bool = False, note: str = "") -> str:
    async def ask() -> str:
        async with client_of(create_app(hub.hub)) as client:
            token, csrf = session_of(hub.hub, *(roles or ("account-manager",)))
            client.cookies.set("hub_session", token)
            client.headers["accept-language"] = language
            client.headers["origin"] = "http://hub"
            if post:
                return str((await client.post(path, data={"csrf": csrf, "note": note})).status_code)
            return (await client.get(path)).text

    return hub.wait(ask())


def test_the_log_says_that_a_file_waits_and_leads_to_it(aside: AtWork) -> None:
    log = page(aside, "/messages")
    assert "Files that were set aside wait for a person: 1" in log
    assert "/files-set-aside?status=waiting" in log
    assert '<span class="count count-bad">1</span>' in log
    assert "wait for a person: 1" in page(aside, f"/messages?partner={MERIDIAN}&status=attention")
    assert "wait for a person" not in page(aside, "/messages?partner=acme-cardio")
    assert "wait for a person" not in page(aside, "/messages?direction=out")


def test_who_searches_for_its_name_is_led_to_it_also_once_it_is_dealt_with(aside: AtWork) -> None:
    [kept] = (aside.hub.places.root / ".hub" / "refused" / MERIDIAN).iterdir()
    for _ in range(2):
        log = page(aside, "/messages?q=ORDER+%3Cb%3E.xml")
        assert "Files that were set aside are called so: 1" in log
        assert "/files-set-aside?name=ORDER" in log
        assert kept.name in page(aside, "/files-set-aside?name=order+%3Cb")
        page(aside, f"/files-set-aside/{kept.name}/dealt-with", post=True)
    assert "No file fits" in page(aside, "/files-set-aside?name=rder")
    assert "are called so" not in page(aside, "/messages?q=4500098123")
    assert "are called so" not in page(aside, "/messages?q=order&partner=acme-cardio")


def test_the_page_says_whose_it_is_what_it_is_called_and_why_and_shows_nothing_of_it(aside: AtWork) -> None:
    shown = page(aside, "/files-set-aside")
    assert "order &lt;b&gt;.xml" in shown
    assert "Meridian Catheter, Inc." in shown
    assert "its secret is wrong" in shown
    [kept] = (aside.hub.places.root / ".hub" / "refused" / MERIDIAN).iterdir()
    assert f".hub/refused/{MERIDIAN}/{kept.name}" in shown
    assert WRONG not in shown
    assert "密钥有误" in page(aside, "/files-set-aside", language="zh-CN")


def test_who_has_seen_to_it_takes_it_from_the_list_and_is_on_record(aside: AtWork) -> None:
    [kept] = (aside.hub.places.root / ".hub" / "refused" / MERIDIAN).iterdir()
    assert page(aside, f"/files-set-aside/{kept.name}/dealt-with", post=True) == "303"
    assert "wait for a person" not in page(aside, "/messages")
    assert "No file fits" in page(aside, "/files-set-aside?status=waiting")
    assert 'title="person:' in page(aside, "/files-set-aside")
    assert page(aside, f"/files-set-aside/{kept.name}0/dealt-with", post=True) == "404"


def test_who_may_not_see_to_it_finds_no_button(aside: AtWork) -> None:
    [kept] = (aside.hub.places.root / ".hub" / "refused" / MERIDIAN).iterdir()
    assert f"{kept.name}/dealt-with" not in page(aside, "/files-set-aside", "auditor")
    assert page(aside, f"/files-set-aside/{kept.name}/dealt-with", "auditor", post=True) == "403"


def test_the_shell_lists_it(aside: AtWork, capsys: pytest.CaptureFixture[str]) -> None:
    data = ["--data", str(aside.hub.settings.data)]
    assert run(["message", "aside", *data]) == 0
    said = capsys.readouterr().out
    assert "its secret is wrong" in said
    assert MERIDIAN in said
    assert run(["message", "aside", "--waiting", "--partner", "nobody", *data]) == 2
    capsys.readouterr()
    assert run(["message", "aside", "--json", *data]) == 0
    [row] = json.loads(capsys.readouterr().out)["items"]
    assert (row["partner"], row["name"], row["reason"]) == (MERIDIAN, "order <b>.xml", "its secret is wrong")


def test_the_page_says_what_its_sender_is_told_and_keeps_what_a_person_notes(aside: AtWork) -> None:
    [kept] = (aside.hub.places.root / ".hub" / "refused" / MERIDIAN).iterdir()
    shown = page(aside, "/files-set-aside")
    assert "What to do: ask its sender whether they dropped it" in shown
    assert "处理办法" in page(aside, "/files-set-aside", language="zh-CN")
    assert page(aside, f"/files-set-aside/{kept.name}/dealt-with", post=True, note="rang <Ada>: not theirs") == "303"
    page(aside, f"/files-set-aside/{kept.name}/dealt-with", post=True, note="another")
    shown = page(aside, "/files-set-aside")
    assert "rang &lt;Ada&gt;: not theirs" in shown
    assert "another" not in shown
    assert "What to do" not in shown
