"""Text of others turns nothing around on a page, wherever it stands."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from litestar import Litestar

from hub.kernel.diagnostics import Diagnostic, Severity
from hub.platform.database import Database
from hub.web.app import create_app
from hub.web.assets import Assets
from hub.web.directions import END, ISOLATE, isolated, verbatim
from hub.web.rendering import Renderer, Viewer
from tests.stored import FrozenClock
from tests.web.conftest import client_of, session_of
from tests.web.samples import ORDER, receive
from tests.web.small_hub import SmallHub

pytestmark = pytest.mark.anyio

_NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
SIGNS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
HEBREW, ARABIC = "\u05d0\u05d1\u05d2", "\u0627\u0644"


@pytest.fixture
def hub(tmp_path: Path, sqlite_database: Database, clock: FrozenClock) -> SmallHub:
    return SmallHub(tmp_path, sqlite_database, clock)


@pytest.fixture
def app(hub: SmallHub) -> Litestar:
    return create_app(hub)


@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_that_steers_is_shown_and_steers_nothing(sign: str) -> None:
    shown = isolated(f"4500{sign}0981")
    assert shown == f"4500\\u{ord(sign):04x}0981"
    assert not set(str(shown)) & set(SIGNS)


@pytest.mark.parametrize(
    "text",
    [HEBREW, f"PO {ARABIC} 12", f"{HEBREW}.exe", "\ufb1d1", "\U00010800", f"{HEBREW}\u202e{ARABIC}", f"{END}{HEBREW}"],
)
def test_what_is_written_from_right_to_left_stands_apart(text: str) -> None:
    shown = str(isolated(text))
    assert (shown[0], shown[-1]) == (ISOLATE, END)
    assert not set(shown[1:-1]) & set(SIGNS)


@pytest.mark.parametrize("text", ["", "4500098123", "采购订单", "Bräuer & Söhne", "<b>", 12, None, ["\u202e"]])
def test_everything_else_stays_as_it_is(text: object) -> None:
    assert isolated(text) is text


@pytest.mark.parametrize("value", ["a\u202eb", HEBREW, "<&>", "x"])
def test_the_value_of_a_field_comes_back_as_it_was(value: str, tmp_path: Path) -> None:
    (tmp_path / "field.html").write_text('<input value="{{ value | verbatim }}" title="{{ value }}">')
    page = Renderer(Assets(), tmp_path).render("field.html", Viewer(now=_NOW), value=value)
    found = re.search(r'value="([^"]*)"', page)
    assert found
    assert found[1] == str(verbatim(value))


@pytest.mark.parametrize(
    "template",
    [
        "{{ x }}",
        "<p title='{{ x }}'></p>",
        "{{ _('Order %(number)s', number=x) }}",
        "{{ phrase(x) }}",
        "{{ said(x) }}",
        "{{ [x, x]|join(', ') }}",
        "{{ x ~ '!' }}",
        "{% set y = x %}{{ y }}",
        "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(x) }}",
        "{% macro n() %}{{ caller(x) }}{% endmacro %}{% call(b) n() %}{{ b }}{% endcall %}",
        "{{ x[:3] }}",
        "{% for each in x %}{{ each }}{% endfor %}",
        "{% filter upper %}{{ x }}{% endfilter %}",
    ],
)
def test_no_way_to_write_a_template_lets_a_sign_through(tmp_path: Path, template: str) -> None:
    (tmp_path / "page.html").write_text(template)
    page = Renderer(Assets(), tmp_path).render("page.html", Viewer(now=_NOW), x=f"a\u202e{SIGNS}b")
    assert not set(page) & set(SIGNS)


@pytest.mark.parametrize("path", ["/messages", "/messages?q={q}", "/messages/{id}", "/orders", "/partners", "/nothing"])
async def test_pages_show_what_others_wrote_without_obeying_it(
    app: Litestar, hub: SmallHub, clock: FrozenClock, path: str
) -> None:
    message = _hostile(hub, clock)
    token, _ = session_of(hub, "account-manager", "onboarding-engineer")
    async with client_of(app) as client:
        headers = {"cookie": f"hub_session={token}", "accept": "text/html"}
        page = await client.get(path.format(id=message, q="%E2%80%AE4500"), headers=headers)
    assert page.status_code in (200, 404)
    reader = _Reader()
    reader.feed(page.text)
    assert not reader.found
    if "{id}" in path:
        assert page.text.count("\\u202e") >= 3


class _Reader(HTMLParser):
    """Collects signs that steer, but for the values of fields, which go back to us."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self._look(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name != "value":
                self._look(value or "")

    def _look(self, text: str) -> None:
        if set(text) & set(SIGNS):
            self.found.append(text)


def _hostile(hub: SmallHub, clock: FrozenClock) -> str:
    """A message whose every text of others holds a sign that steers."""
    now = clock.now()
    finding = Diagnostic(
        code="SYN001", severity=Severity.VALUE, told="Element BEG03 is a\u202eb", found="a\u202eb", advised="\u202e"
    )
    body = ORDER.replace(b"4500098123", "45\u202e98123".encode())
    return receive(
        hub, body, now - timedelta(minutes=1), "45\u202e98123", 101, findings=[finding], attention="x\u202ey refuses it"
    )
