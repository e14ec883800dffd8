"""A ``format`` of a customer's JSON Schema is judged as its standard says, and told with what is wanted."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.formats.json.family import JsonFamily
from hub.formats.json.library import JsonSchemas
from hub.kernel.diagnostics import Diagnostic

SCHEMA = """{"title": "small", "type": "object", "properties": {"it": {"type": "string", "format": "%s"}}}"""


def judged(folder: Path, name: str, text: str) -> list[Diagnostic]:
    path = folder / "schemas" / "json" / "small" / "order.json"
    path.parent.mkdir(parents=True)
    path.write_text(SCHEMA % name)
    schema = JsonSchemas([folder]).find("small/order")
    assert schema is not None
    family = JsonFamily()
    [received] = family.documents(b'{"it": "%s"}' % text.replace('"', '\\"').encode())
    assert not isinstance(received, list)
    return family.check(received, schema).findings


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("date-time", "2026-11-30T14:30:00Z"),
        ("date-time", "2026-11-30T14:30:00.123456789+01:00"),
        ("date-time", "2026-11-30t14:30:00z"),
        ("date-time", "2028-02-29T00:00:00-23:59"),
        ("date", "2026-11-30"),
        ("time", "14:30:00Z"),
        ("time", "14:30:00.5-08:00"),
        ("email", "orders@example.com"),
        ("email", "o'hara+po@mail.example.co.uk"),
        ("email", '"two words"@example.com'),
        ("email", "orders@[192.0.2.1]"),
        ("uri", "https://example.com/orders?id=1#top"),
        ("uri", "urn:isbn:0451450523"),
        ("uri", "mailto:orders@example.com"),
        ("uri", "https://a:b@[2001:db8::1]:8080/%7Ea"),
        ("uuid", "01890a5d-ac96-774b-bcce-b302099a8057"),
        ("iri", "anything"),  # a format that we do not judge is a remark
    ],
)
def test_what_a_format_allows_is_taken(tmp_path: Path, name: str, text: str) -> None:
    assert judged(tmp_path, name, text) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("date-time", "2026-11-30"),
        ("date-time", "2026-11-30T14:30:00"),
        ("date-time", "2026-11-30T14:30Z"),
        ("date-time", "2026-11-30 14:30:00Z"),
        ("date-time", "2026-11-30T24:00:00Z"),
        ("date-time", "2026-11-30T14:30:00+24:00"),
        ("date-time", "2026-11-30T14:30:00+0100"),
        ("date-time", "2026-02-29T14:30:00Z"),
        ("date-time", "2026-11-30T14:30:00Z "),
        ("date", "2026-11-30Z"),
        ("date", "2026-02-30"),
        ("date", "30.11.2026"),
        ("date", "2026-11-30T14:30:00Z"),
        ("time", "14:30:00"),
        ("time", "14:30Z"),
        ("time", "25:00:00Z"),
        ("email", "orders"),
        ("email", "orders@"),
        ("email", "a b@example.com"),
        ("email", ".orders@example.com"),
        ("email", "orders@-example.com"),
        ("email", f"{'a' * 65}@example.com"),
        ("uri", "/orders"),
        ("uri", "example.com"),
        ("uri", "https://example.com/a b"),
        ("uri", "https://example.com/ä"),
        ("uri", "https://example.com/%zz"),
        ("uri", "https://example.com/#a#b"),
        ("uri", "https://[not]/"),
        ("uuid", "01890a5dac96774bbcceb302099a8057"),
    ],
)
def test_what_a_format_refuses_is_told_with_what_is_wanted(tmp_path: Path, name: str, text: str) -> None:
    [finding] = judged(tmp_path, name, text)
    assert (finding.code, finding.location.at, finding.found) == ("GDE-VALUE-TYPE", "/it", text)
    assert any(word in str(finding) for word in ("like", "UUID", "mail address"))
