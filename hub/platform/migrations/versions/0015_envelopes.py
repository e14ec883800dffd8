"""What is entered and judged by its reference is an envelope, whichever its syntax: an interchange is X12's.

PostgreSQL renames the table and what hangs on it; SQLite cannot rename what bounds it, and writes it anew. A document's
envelope is the one that it stands in; what else only its syntax understands of that are its details, such as the group
as it is spelt everywhere: "PO 41".
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.platform import columns

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

JUDGEMENTS = ("first", "superseded", "duplicate", "conflict", "refused")
BOUNDS = ("pk_{0}", "fk_{0}_message_message", "ck_{0}_judgement")
UNIQUE, SUPERSEDED = "uq_{0}_reference", "ix_{0}_superseded"


def upgrade() -> None:
    _rename("interchange", "envelope")
    op.alter_column("document", "envelope", new_column_name="details")
    op.alter_column("document", "interchange", new_column_name="envelope")
    kind, number = (f"COALESCE({_detail(name)}, '')" for name in ("group-kind", "group"))
    _write_details(f"'group', {kind} || ' ' || {number}")


def downgrade() -> None:
    group = _detail("group")
    space = f"instr({group}, ' ')" if _on_sqlite() else f"strpos({group}, ' ')"
    _write_details(f"'group-kind', substr({group}, 1, {space} - 1), 'group', substr({group}, {space} + 1)")
    op.alter_column("document", "envelope", new_column_name="interchange")
    op.alter_column("document", "details", new_column_name="envelope")
    _rename("envelope", "interchange")


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _detail(name: str) -> str:
    return f"json_extract(details, '$.\"{name}\"')" if _on_sqlite() else f"(details::json ->> '{name}')"


def _write_details(pairs: str) -> None:
    made = f"json_object({pairs})" if _on_sqlite() else f"json_build_object({pairs})::text"
    op.execute(f"UPDATE document SET details = {made} WHERE details IS NOT NULL")


def _rename(old: str, new: str) -> None:
    """Rename the table of envelopes, with everything that bears its name."""
    if _on_sqlite():
        _write_anew(old, new)
        return
    op.rename_table(old, new)
    for bound in BOUNDS:
        op.execute(f"ALTER TABLE {new} RENAME CONSTRAINT {bound.format(old)} TO {bound.format(new)}")
    for index in (UNIQUE, SUPERSEDED):
        op.execute(f"ALTER INDEX {index.format(old)} RENAME TO {index.format(new)}")


def _write_anew(old: str, new: str) -> None:
    table = _envelopes(new)
    table.create(op.get_bind())
    names = ", ".join(column.name for column in table.columns)
    op.execute(f"INSERT INTO {new} ({names}) SELECT {names} FROM {old}")
    op.drop_table(old)  # and its indices
    number = ["partner", "reference", "sender", "receiver", "kind"]
    first, superseded = sa.text("judgement = 'first' AND direction = 'in'"), sa.text("judgement = 'superseded'")
    op.create_index(UNIQUE.format(new), new, number, unique=True, sqlite_where=first)
    op.create_index(SUPERSEDED.format(new), new, number[:2], sqlite_where=superseded)


def _envelopes(name: str) -> sa.Table:
    primary, foreign, judgement = (op.f(bound.format(name)) for bound in BOUNDS)
    spelled_out = " OR ".join(f"judgement = '{word}'" for word in JUDGEMENTS)
    metadata = sa.MetaData()
    sa.Table("message", metadata, sa.Column("id", sa.String(36), primary_key=True))
    return sa.Table(
        name,
        metadata,
        sa.Column("message", sa.String(36), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("partner", sa.String(40), nullable=False),
        sa.Column("direction", sa.String(3), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("reference", sa.String(200), nullable=False),
        sa.Column("sender", sa.String(160), nullable=False),
        sa.Column("receiver", sa.String(160), nullable=False),
        sa.Column("usage", sa.String(20), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("judgement", sa.String(10), nullable=False),
        sa.Column("first_message", sa.String(36)),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.CheckConstraint(spelled_out, name=judgement),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name=foreign),
        sa.PrimaryKeyConstraint("message", "position", name=primary),
    )
