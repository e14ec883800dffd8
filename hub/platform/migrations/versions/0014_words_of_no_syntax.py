"""Envelopes, documents and causes in the words of no syntax: references are text with a kind, what is about something
says its kind, and what only one syntax understands stands together as JSON.

PostgreSQL changes its columns; SQLite writes each table anew, from what the old one holds, and drops the old one.
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op

from hub.platform import columns

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

VALIDATIONS = ("pending", "valid", "warnings", "rejected", "unreadable")
DELIVERIES = ("none", "ready", "sent", "delivered", "failed")
ACKNOWLEDGEMENTS = ("none", "awaited", "accepted", "partly", "rejected", "overdue")
OUTCOMES = ("none", "accepted", "changed", "refused", "held", "duplicate", "quarantined")
JUDGEMENTS = ("first", "superseded", "duplicate", "conflict", "refused")
USAGES = {"P": "production", "T": "test", "I": "information"}

FIRST = "judgement = 'first' AND direction = 'in'"
SUPERSEDED = "judgement = 'superseded'"
BEFORE = (
    ("uq_interchange_number", "interchange",
     ("partner", "control_number", "sender", "sender_qualifier", "receiver", "receiver_qualifier"), FIRST, True),
    ("ix_interchange_superseded", "interchange", ("partner", "control_number"), SUPERSEDED, False),
    ("ix_message_answers", "message", ("answers",), "answers IS NOT NULL", False),
)  # fmt: skip
AFTER = (
    ("uq_interchange_reference", "interchange", ("partner", "reference", "sender", "receiver", "kind"), FIRST, True),
    ("ix_interchange_superseded", "interchange", ("partner", "reference"), SUPERSEDED, False),
    ("ix_message_cause", "message", ("cause",), "cause IS NOT NULL", False),
)
OF_MESSAGE = (
    ("ix_message_partner_id", "message", ("partner", "id"), None, False),
    ("uq_message_idempotency_key", "message", ("partner", "idempotency_key"), "idempotency_key IS NOT NULL", True),
    ("ix_message_attention", "message", ("id",), "attention IS NOT NULL", False),
    ("ix_message_partner_attention", "message", ("partner", "id"), "attention IS NOT NULL", False),
)
Indexes = tuple[tuple[str, str, tuple[str, ...], str | None, bool], ...]


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    number = "CAST(control_number AS VARCHAR(9))"
    usage = " ".join(f"WHEN '{letter}' THEN '{word}'" for letter, word in USAGES.items())
    party = "CASE WHEN {0}_qualifier = '' THEN {0} ELSE {0}_qualifier || ':' || {0} END"
    pairs = "json_object('group-kind', functional_group, 'group', {0})" if sqlite else (
        "json_build_object('group-kind', functional_group, 'group', {0})::text"
    )  # fmt: skip
    group = pairs.format("CAST(group_control_number AS VARCHAR(9))")
    new: dict[str, Mapping[str, str]] = {
        "message": {
            "cause_kind": "CASE WHEN answers IS NOT NULL THEN 'message' END",
            "cause": "answers",
        },
        "interchange": {
            "kind": "'interchange'",
            "reference": number,
            "sender": party.format("sender"),
            "receiver": party.format("receiver"),
            "usage": f"CASE usage {usage} ELSE 'unclear' END",
        },
        "document": {
            "reference": "set_control_number",
            "subject_kind": "CASE WHEN order_number IS NOT NULL THEN 'purchase-order' END",
            "subject": "order_number",
            "envelope": f"CASE WHEN group_control_number IS NOT NULL THEN {group} END",
            "cause_kind": "CASE WHEN answers_message IS NOT NULL THEN 'message' END",
            "cause": "answers_message",
            "cause_position": "answers_position",
        },
    }
    _change(BEFORE, AFTER, (_message(_cause()), _interchange(_neutral()), _document(_about())), new)


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute("DELETE FROM interchange WHERE kind <> 'interchange'")  # what X12 has no word for
    usage = " ".join(f"WHEN '{word}' THEN '{letter}'" for letter, word in USAGES.items())
    at = "instr({0}, ':')" if sqlite else "strpos({0}, ':')"
    of_group = "json_extract(envelope, '$.\"{0}\"')" if sqlite else "(envelope::json ->> '{0}')"
    parties = {}
    for party in ("sender", "receiver"):
        found = at.format(party)
        parties[f"{party}_qualifier"] = f"CASE WHEN {found} = 0 THEN '' ELSE substr({party}, 1, {found} - 1) END"
        parties[party] = f"substr({party}, {found} + 1)"
    new: dict[str, Mapping[str, str]] = {
        "message": {"answers": "CASE WHEN cause_kind = 'message' THEN cause END"},
        "interchange": {
            **parties,
            "control_number": "CAST(reference AS INTEGER)",
            "usage": f"CASE usage {usage} ELSE '' END",
        },
        "document": {
            "functional_group": of_group.format("group-kind"),
            "group_control_number": f"CAST({of_group.format('group')} AS INTEGER)",
            "set_control_number": "substr(reference, 1, 20)",
            "order_number": "CASE WHEN subject_kind = 'purchase-order' THEN subject END",
            "answers_message": "CASE WHEN cause_kind = 'message' THEN cause END",
            "answers_position": "cause_position",
        },
    }
    _change(AFTER, BEFORE, (_message(_answers()), _interchange(_of_x12()), _document(_of_set())), new)


def _change(before: Indexes, after: Indexes, tables: tuple[sa.Table, ...], new: dict[str, Mapping[str, str]]) -> None:
    """Give ``tables`` their shape: columns in ``new`` become what is said there, of the row as it was."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name, of, *_ in before + (OF_MESSAGE if sqlite else ()):
        op.drop_index(name, table_name=of)
    for table in tables:
        if sqlite:
            _write_anew(table, new[table.name.removesuffix("_next")])
        else:
            _alter(table, new[table.name.removesuffix("_next")])
    for name, of, names, where, unique in after + (OF_MESSAGE if sqlite else ()):
        which = None if where is None else sa.text(where)
        op.create_index(name, of, list(names), unique=unique, sqlite_where=which, postgresql_where=which)


def _write_anew(table: sa.Table, new: Mapping[str, str]) -> None:
    """Write the table as it shall be beside the old one, and put it in its place. Others go on pointing to its name."""
    table.create(op.get_bind())
    names = [column.name for column in table.columns]
    values = ", ".join(new.get(name, name) for name in names)
    old = table.name.removesuffix("_next")
    op.execute(f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {values} FROM {old}")
    op.drop_table(old)
    op.rename_table(table.name, old)


def _alter(table: sa.Table, new: Mapping[str, str]) -> None:
    """Add the columns beside those that were, fill them, and drop what has no place any more."""
    name = table.name.removesuffix("_next")
    for column in new:
        op.add_column(name, sa.Column(f"{column}_next", table.columns[column].type, nullable=True))
    filled = ", ".join(f"{column}_next = {value}" for column, value in new.items())
    op.execute(f"UPDATE {name} SET {filled}")
    wanted = {column.name for column in table.columns}
    for found in sa.inspect(op.get_bind()).get_columns(name):
        own = found["name"]
        if own in new or (own not in wanted and not own.endswith("_next")):
            op.drop_column(name, own)  # and with it what bound it
    for column in new:
        op.alter_column(name, f"{column}_next", new_column_name=column)
        if not table.columns[column].nullable:
            op.alter_column(name, column, nullable=False)
    for key in table.foreign_key_constraints:
        if key.name and {column.name for column in key.columns} <= new.keys():
            op.create_foreign_key(str(key.name), name, "message", [column.name for column in key.columns], ["id"])


def _one_of(table: str, column: str, words: tuple[str, ...]) -> sa.CheckConstraint:
    spelled_out = " OR ".join(f"{column} = '{word}'" for word in words)
    return sa.CheckConstraint(spelled_out, name=op.f(f"ck_{table}_{column}"))


def _cause() -> list[sa.schema.SchemaItem]:
    return [sa.Column("cause_kind", sa.String(20)), sa.Column("cause", sa.String(80))]


def _answers() -> list[sa.schema.SchemaItem]:
    key = sa.ForeignKeyConstraint(["answers"], ["message.id"], name=op.f("fk_message_answers_message"))
    return [sa.Column("answers", sa.String(36)), key]


def _neutral() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("reference", sa.String(200), nullable=False),
        sa.Column("sender", sa.String(160), nullable=False),
        sa.Column("receiver", sa.String(160), nullable=False),
        sa.Column("usage", sa.String(20), nullable=False),
    ]


def _of_x12() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("sender_qualifier", sa.String(4), nullable=False),
        sa.Column("sender", sa.String(40), nullable=False),
        sa.Column("receiver_qualifier", sa.String(4), nullable=False),
        sa.Column("receiver", sa.String(40), nullable=False),
        sa.Column("control_number", sa.Integer(), nullable=False),
        sa.Column("usage", sa.String(1), nullable=False),
    ]


def _about() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("reference", sa.String(80)),
        sa.Column("subject_kind", sa.String(40)),
        sa.Column("subject", sa.String(80)),
        sa.Column("envelope", sa.Text()),
        sa.Column("cause_kind", sa.String(20)),
        sa.Column("cause", sa.String(80)),
        sa.Column("cause_position", sa.Integer()),
    ]


def _of_set() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("functional_group", sa.String(4)),
        sa.Column("group_control_number", sa.Integer()),
        sa.Column("set_control_number", sa.String(20)),
        sa.Column("order_number", sa.String(80)),
        sa.Column("answers_message", sa.String(36)),
        sa.Column("answers_position", sa.Integer()),
    ]


def _message(own: list[sa.schema.SchemaItem]) -> sa.Table:
    return sa.Table(
        "message_next",
        _beside_messages(),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("partner", sa.String(40), nullable=False),
        sa.Column("direction", sa.String(3), nullable=False),
        sa.Column("received_at", columns.Instant(), nullable=False),
        sa.Column("syntax", sa.String(10)),
        sa.Column("document", sa.String(60)),
        sa.Column("wire", sa.String(60)),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("test", sa.Boolean(), nullable=False),
        sa.Column("size_bytes", columns.LONG, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("content_type", sa.String(200)),
        sa.Column("file_name", sa.String(255)),
        sa.Column("transport", sa.String(20), nullable=False),
        sa.Column("idempotency_key", sa.String(255)),
        sa.Column("stage", sa.String(20), nullable=False),
        sa.Column("stages", sa.Text(), nullable=False),
        sa.Column("validation", sa.String(20), nullable=False),
        sa.Column("delivery", sa.String(20), nullable=False),
        sa.Column("acknowledgement", sa.String(20), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("attention", sa.Text()),
        sa.Column("keys", sa.Text(), nullable=False),
        sa.Column("findings", sa.Text()),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.Column("acknowledged_to", sa.Integer(), server_default="0", nullable=False),
        *own,
        _one_of("message", "direction", ("in", "out")),
        _one_of("message", "validation", VALIDATIONS),
        _one_of("message", "delivery", DELIVERIES),
        _one_of("message", "acknowledgement", ACKNOWLEDGEMENTS),
        _one_of("message", "outcome", OUTCOMES),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )


def _interchange(own: list[sa.schema.SchemaItem]) -> sa.Table:
    return sa.Table(
        "interchange_next",
        _beside_messages(),
        sa.Column("message", sa.String(36), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("partner", sa.String(40), nullable=False),
        sa.Column("direction", sa.String(3), nullable=False),
        *own,
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("judgement", sa.String(10), nullable=False),
        sa.Column("first_message", sa.String(36)),
        sa.Column("at", columns.Instant(), nullable=False),
        _one_of("interchange", "judgement", JUDGEMENTS),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name=op.f("fk_interchange_message_message")),
        sa.PrimaryKeyConstraint("message", "position", name=op.f("pk_interchange")),
    )


def _document(own: list[sa.schema.SchemaItem]) -> sa.Table:
    return sa.Table(
        "document_next",
        _beside_messages(),
        sa.Column("message", sa.String(36), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("interchange", sa.Integer()),
        sa.Column("partner", sa.String(40), nullable=False),
        sa.Column("direction", sa.String(3), nullable=False),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("document", sa.String(60)),
        sa.Column("release", sa.String(20)),
        *own,
        sa.Column("test", sa.Boolean(), nullable=False),
        sa.Column("validation", sa.String(20), nullable=False),
        sa.Column("acknowledgement", sa.String(20), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("canonical", sa.LargeBinary()),
        sa.Column("map_name", sa.String(120)),
        sa.Column("map_digest", sa.String(64)),
        sa.Column("guide_digest", sa.String(64)),
        _one_of("document", "validation", VALIDATIONS),
        _one_of("document", "acknowledgement", ACKNOWLEDGEMENTS),
        _one_of("document", "outcome", OUTCOMES),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name=op.f("fk_document_message_message")),
        sa.PrimaryKeyConstraint("message", "position", name=op.f("pk_document")),
    )


def _beside_messages() -> sa.MetaData:
    """Return what a table refers to, by the name it has when all is done."""
    known = sa.MetaData()
    sa.Table("message", known, sa.Column("id", sa.String(36), primary_key=True))
    return known
