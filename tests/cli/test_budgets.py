"""What of a partner's budget is used is shown where an operator looks, to people and to machines."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub.cli.main import run
from hub.exchange.budgets import spend
from hub.exchange.weights import Amount
from hub.platform.database import Database
from tests.cli.conftest import NEW_PARTNER

Captured = pytest.CaptureFixture[str]
PARTNER = "north-spine"


@pytest.fixture
def partner(overlay: Path) -> str:
    """A partner that may store 60 kB and as many rows as anybody."""
    run(["partner", "new", PARTNER, *NEW_PARTNER])
    file = overlay / "partners" / PARTNER / "partner.toml"
    file.write_text(file.read_text() + "\n[budget]\nbytes_per_day = 60_000\n")
    return PARTNER


def stored(database: Database, amount: Amount, hours_ago: float = 0.0) -> None:
    now = datetime.now(UTC) - timedelta(hours=hours_ago)
    database.write_now(lambda conn: spend(conn, {PARTNER: amount}, now))


def told(capsys: Captured, *command: str) -> dict[str, object]:
    capsys.readouterr()
    assert run([*command, "--json"]) == 0
    said: dict[str, object] = json.loads(capsys.readouterr().out)
    return said


@pytest.mark.parametrize(
    ("amount", "hours_ago", "shown"),
    [
        (Amount(), 0, "0 B of 60.0 kB, 0 rows of 20,000,000"),
        (Amount(bytes=1), 0, "1 B of 60.0 kB, 0 rows of 20,000,000"),
        (Amount(bytes=12_345, rows=678), 0, "12.3 kB of 60.0 kB, 678 rows of 20,000,000"),
        (Amount(bytes=59_999, rows=1_234_567), 0, "60.0 kB of 60.0 kB, 1,234,567 rows of 20,000,000"),
        (Amount(bytes=60_000), 0, "60.0 kB of 60.0 kB, 0 rows of 20,000,000: over it, nothing more is taken meanwhile"),
        (Amount(rows=20_000_000), 0, "0 B of 60.0 kB, 20,000,000 rows of 20,000,000: over it"),
        (Amount(bytes=2_500_000_000, rows=9), 0, "2.5 GB of 60.0 kB, 9 rows of 20,000,000: over it"),
        (Amount(bytes=5_000, rows=7), 22, "5.0 kB of 60.0 kB, 7 rows of 20,000,000"),
        (Amount(bytes=5_000, rows=7), 25, "0 B of 60.0 kB, 0 rows of 20,000,000"),
        (Amount(bytes=5_000, rows=7), 100, "0 B of 60.0 kB, 0 rows of 20,000,000"),
    ],
)
def test_a_partner_is_shown_with_what_it_may_store_in_a_day_and_what_it_has(
    partner: str,
    data: list[str],
    sqlite_database: Database,
    capsys: Captured,
    amount: Amount,
    hours_ago: float,
    shown: str,
) -> None:
    stored(sqlite_database, amount, hours_ago)
    capsys.readouterr()
    assert run(["partner", "show", partner, *data]) == 0
    assert f"stored in a day  {shown}" in capsys.readouterr().out
    usage = told(capsys, "partner", "show", partner, *data)["stored_in_24_hours"]
    assert isinstance(usage, dict)
    counted = hours_ago < 24
    assert usage == {
        "partner": partner,
        "bytes": amount.bytes if counted else 0,
        "bytes_per_day": 60_000,
        "rows": amount.rows if counted else 0,
        "rows_per_day": 20_000_000,
    }


def test_a_check_tells_the_budget_of_each_partner_and_names_those_that_have_stored_something(
    partner: str, data: list[str], sqlite_database: Database, capsys: Captured
) -> None:
    stored(sqlite_database, Amount(bytes=61_000, rows=20))
    budgets = told(capsys, "check", *data)["budgets"]
    assert isinstance(budgets, list)
    assert {each["partner"]: each["bytes"] for each in budgets}[partner] == 61_000
    assert len(budgets) > 1
    assert run(["check", *data]) == 0
    said = capsys.readouterr().err
    assert f"{partner} has stored in 24 hours 61.0 kB of 60.0 kB, 20 rows of 20,000,000: over it" in said
    assert said.count("has stored") == 1


def test_where_no_hub_has_kept_anything_yet_the_budget_is_shown_and_nothing_is_used(
    partner: str, tmp_path: Path, capsys: Captured
) -> None:
    nothing = ["--data", str(tmp_path / "new")]
    assert told(capsys, "partner", "show", partner, *nothing)["stored_in_24_hours"]
    assert told(capsys, "check", *nothing)["budgets"]
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", ["HUB_PARTNER_BYTES_PER_DAY", "HUB_PARTNER_ROWS_PER_DAY"])
def test_what_everybody_may_store_is_what_a_partner_without_a_budget_may(
    overlay: Path, data: list[str], capsys: Captured, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    run(["partner", "new", PARTNER, *NEW_PARTNER])
    monkeypatch.setenv(name, "4242")
    usage = told(capsys, "partner", "show", PARTNER, *data)["stored_in_24_hours"]
    assert isinstance(usage, dict)
    assert usage["bytes_per_day" if "BYTES" in name else "rows_per_day"] == 4242
