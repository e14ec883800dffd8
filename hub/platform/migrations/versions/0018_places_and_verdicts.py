"""Places and verdicts in the words of no syntax: what findings and canonical acknowledgements say is named anew.

Both are JSON that the tables hold: rows that have any are read, renamed and written back, a portion at a time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ROWS_AT_A_TIME = 500
ACKNOWLEDGEMENT = "FunctionalAcknowledgement"
PLACES = {"interchange": "envelope", "set": "document"}
VERDICTS = {"sets": "documents", "interchange": "envelope"}
DOCUMENT = {"segments": "faults", "convention": "version"}
FAULT = {"segment": "place", "loop": "within", "elements": "findings"}
CODES = {"ENV-SETS-NOT-KEPT": "ENV-DOCUMENTS-NOT-KEPT"}
Members = dict[str, Any]


def upgrade() -> None:
    op.alter_column("document", "guide_digest", new_column_name="schema_digest")
    _rewrite(PLACES, CODES, str, _acknowledgement)


def downgrade() -> None:
    back = {new: old for old, new in PLACES.items()}
    _rewrite(back, {new: old for old, new in CODES.items()}, _number, _acknowledgement_of_before)
    op.alter_column("document", "schema_digest", new_column_name="guide_digest")


def _rewrite(
    places: dict[str, str], codes: dict[str, str], written: Callable[[Any], Any], document: Callable[[Members], Members]
) -> None:
    message = sa.table("message", sa.column("id"), sa.column("findings"))
    rows = sa.table(
        "document", *(sa.column(name) for name in ("message", "position", "findings", "document", "canonical"))
    )
    for table, keys in ((message, ("id",)), (rows, ("message", "position"))):
        placed = sa.or_(
            *(table.c.findings.like(f'%"{name}":%') for name in ("group", *places)),
            *(table.c.findings.like(f'%"{code}"%') for code in codes),
        )
        for key, stored in _in_portions(table, keys, placed, table.c.findings):
            findings = [_finding(each, places, codes, written) for each in json.loads(stored)]
            _write(table, key, "findings", _as_json(findings))
    is_one = (rows.c.document == ACKNOWLEDGEMENT) & rows.c.canonical.is_not(None)
    for key, stored in _in_portions(rows, ("message", "position"), is_one, rows.c.canonical):
        _write(rows, key, "canonical", _as_json(document(json.loads(bytes(stored)))).encode())


def _in_portions(
    table: sa.TableClause, names: tuple[str, ...], condition: sa.ColumnElement[bool], value: sa.ColumnElement[Any]
) -> Iterator[tuple[Members, Any]]:
    """Yield the key and the value of each row that has one, read a portion at a time, behind the last key."""
    keys, last = [table.c[name] for name in names], None
    while True:
        asked = sa.select(*keys, value).where(condition).order_by(*keys).limit(ROWS_AT_A_TIME)
        if last is not None:
            asked = asked.where(sa.tuple_(*keys) > sa.tuple_(*last))
        found = op.get_bind().execute(asked).all()
        for row in found:
            yield dict(zip(names, row, strict=False)), row[-1]
        if len(found) < ROWS_AT_A_TIME:
            return
        last = found[-1][:-1]


def _write(table: sa.TableClause, key: Members, name: str, value: str | bytes) -> None:
    its = sa.and_(*(table.c[part] == said for part, said in key.items()))
    op.get_bind().execute(sa.update(table).where(its).values({name: value}))


def _finding(found: Members, places: dict[str, str], codes: dict[str, str], written: Callable[[Any], Any]) -> Members:
    made = found | {"code": codes.get(found["code"], found["code"])}
    if "location" in found:
        place = {places.get(name, name): value for name, value in found["location"].items()}
        for name in {"envelope", "interchange", "group"} & place.keys():
            place[name] = written(place[name])
        made["location"] = place
    return made


def _number(text: str) -> int | str:
    return int(text) if text.isdigit() else text


def _acknowledgement(stored: Members) -> Members:
    made = _named(stored, VERDICTS) | {"version": 2}
    about = made.get("envelope")
    if isinstance(about, str):  # a payloadID
        made["envelope"] = {"reference": about}
    elif about is not None:
        about = _named(about, {"number": "reference"})
        made["envelope"] = about | {"reference": str(about["reference"])}
    return _with_documents(made, "documents", DOCUMENT, "faults", FAULT)


def _acknowledgement_of_before(stored: Members) -> Members:
    made = _named(stored, {"documents": "sets"}) | {"version": 1}
    about = made.get("envelope")
    if about is not None and about["reference"].isdigit():
        about = _named(made.pop("envelope"), {"reference": "number"})
        made["interchange"] = about | {"number": int(about["number"])}
    elif about is not None:
        made["envelope"] = about["reference"]
    return _with_documents(made, "sets", _back(DOCUMENT), "segments", _back(FAULT))


def _with_documents(made: Members, documents: str, one: dict[str, str], faults: str, fault: dict[str, str]) -> Members:
    """Return the acknowledgement with each document of it, and each place at fault in it, by the names given."""
    if documents in made:
        made[documents] = [_named(each, one) for each in made[documents]]
        for each in made[documents]:
            if faults in each:
                each[faults] = [_named(place, fault) for place in each[faults]]
    return made


def _named(members: Members, names: dict[str, str]) -> Members:
    return {names.get(name, name): value for name, value in members.items()}


def _back(names: dict[str, str]) -> dict[str, str]:
    return {new: old for old, new in names.items()}


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
