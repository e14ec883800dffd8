"""The JSON Schemas say what the Structs say, and the files are up to date."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hub.business.orders.model import Decision
from hub.canonical import DOCUMENTS, schema
from tests.business.orders.shop import DUE, decided, line, order, schedule

NAMES = sorted(DOCUMENTS)


def test_the_files_under_schemas_are_up_to_date() -> None:
    assert schema.stale() == [], "run: python -m hub.canonical.schema --write"


def test_a_stale_a_missing_and_a_left_over_file_are_found_and_mended(tmp_path: Path) -> None:
    schema.write(tmp_path)
    (tmp_path / "PurchaseOrder.json").write_text("{}", encoding="utf-8")
    (tmp_path / "ApplicationAdvice.json").unlink()
    (tmp_path / "Gone.json").write_text("{}", encoding="utf-8")
    names = ["ApplicationAdvice.json", "Gone.json", "PurchaseOrder.json"]
    assert schema.stale(tmp_path) == names
    assert schema.write(tmp_path) == names
    assert schema.stale(tmp_path) == []


def test_the_command_fails_on_a_stale_file_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert schema.main(["--check"]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("name", NAMES)
def test_every_type_is_described_and_closed(name: str) -> None:
    made = schema.schema_of(name)
    for part in [made, *made["$defs"].values()]:
        assert part["description"]
        assert part["additionalProperties"] is False


@pytest.mark.parametrize("name", NAMES)
def test_every_reference_leads_somewhere(name: str) -> None:
    made = schema.schema_of(name)
    references = re.findall(r'"\$ref": "#/\$defs/(\w+)"', json.dumps(made))
    assert set(references) == set(made["$defs"])


@pytest.mark.parametrize("name", NAMES)
def test_no_number_is_a_float(name: str) -> None:
    assert '"number"' not in re.findall(r'"type": ("\w+")', json.dumps(schema.schema_of(name)))


def test_comments_behind_fields_are_their_descriptions() -> None:
    made = schema.schema_of("PurchaseOrder")
    assert made["$defs"]["OrderLine"]["properties"]["number"]["description"].startswith("the buyer's line number")
    assert made["properties"]["seller_order"]["description"] == "ours"


def test_an_answer_of_ours_fits_its_schema() -> None:
    decision = decided(order(line(schedules=[schedule(200, DUE), schedule(300, None)]), release="0001"))
    fits(answer_as_json(decision), schema.schema_of("OrderAcknowledgement"))


@pytest.mark.parametrize(
    ("path", "wrong"), [(("verdict",), None), (("lines", 0, "quantity", "value"), 500), (("colour",), "blue")]
)
def test_what_does_not_fit_is_seen(path: tuple[str | int, ...], wrong: object) -> None:
    said = answer_as_json(decided(order()))
    inner: Any = said
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = wrong
    with pytest.raises(AssertionError):
        fits(said, schema.schema_of("OrderAcknowledgement"))


def answer_as_json(decision: Decision) -> dict[str, Any]:
    said = msgspec.to_builtins(decision.answer)
    return {"document": "OrderAcknowledgement", "version": 1, **json.loads(msgspec.json.encode(said))}


def fits(value: Any, wanted: dict[str, Any], root: dict[str, Any] | None = None) -> None:
    """Assert that ``value`` fits: the few words of JSON Schema that our schemas use."""
    root = root or wanted
    if "$ref" in wanted:
        fits(value, root["$defs"][wanted["$ref"].rsplit("/", 1)[1]], root)
    if "const" in wanted:
        assert value == wanted["const"]
    kinds = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict}
    if "type" in wanted:
        assert isinstance(value, kinds[wanted["type"]]), (value, wanted)
    if "pattern" in wanted:
        assert re.search(wanted["pattern"], value), value
    if wanted.get("type") == "array":
        for part in value:
            fits(part, wanted["items"], root)
    if wanted.get("type") == "object":
        assert set(wanted.get("required", [])) <= set(value)
        for key, part in value.items():
            inner = wanted.get("properties", {}).get(key, wanted.get("additionalProperties", {}))
            assert inner is not False, key
            fits(part, inner, root)
