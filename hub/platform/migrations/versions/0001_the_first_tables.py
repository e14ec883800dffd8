"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.platform import columns

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _one_of(table: str, column: str, *words: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(" OR ".join(f"{column} = '{word}'" for word in words), name=op.f(f"ck_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "api_key",
        sa.Column("id", sa.String(length=8), nullable=False),
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=True),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.Column("expires_at", columns.Instant(), nullable=True),
        sa.Column("revoked_at", columns.Instant(), nullable=True),
        sa.Column("last_used_at", columns.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
    )
    with op.batch_alter_table("api_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_key_partner"), ["partner"], unique=False)

    op.create_table(
        "audit_entry",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("partner", sa.String(length=40), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_entry")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "blob",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_blob")),
    )
    op.create_table(
        "control_number",
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("taken_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("partner", "kind", name=op.f("pk_control_number")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "job",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("ordering_key", sa.String(length=200), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("due_at", columns.Instant(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("excused", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(length=80), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(
            "ix_job_due",
            ["due_at", "id"],
            unique=False,
            sqlite_where=sa.text("state != 'dead'"),
            postgresql_where=sa.text("state != 'dead'"),
        )
        batch_op.create_index(
            "ix_job_ordering",
            ["ordering_key", "id"],
            unique=False,
            sqlite_where=sa.text("ordering_key IS NOT NULL"),
            postgresql_where=sa.text("ordering_key IS NOT NULL"),
        )

    op.create_table(
        "message",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("received_at", columns.Instant(), nullable=False),
        sa.Column("syntax", sa.String(length=10), nullable=True),
        sa.Column("document", sa.String(length=60), nullable=True),
        sa.Column("wire", sa.String(length=60), nullable=True),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("test", sa.Boolean(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content_type", sa.String(length=200), nullable=True),
        sa.Column("file_name", sa.String(length=255), nullable=True),
        sa.Column("transport", sa.String(length=20), nullable=False),
        sa.Column("idempotency_key", sa.String(length=255), nullable=True),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("stages", sa.Text(), nullable=False),
        sa.Column("validation", sa.String(length=20), nullable=False),
        sa.Column("delivery", sa.String(length=20), nullable=False),
        sa.Column("acknowledgement", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("attention", sa.Text(), nullable=True),
        sa.Column("keys", sa.Text(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=True),
        sa.Column("answers", sa.String(length=36), nullable=True),
        sa.Column("repeats", sa.Integer(), nullable=False),
        _one_of("message", "acknowledgement", "none", "awaited", "accepted", "partly", "rejected", "overdue"),
        _one_of("message", "delivery", "none", "ready", "sent", "delivered", "failed"),
        _one_of("message", "direction", "in", "out"),
        _one_of("message", "outcome", "none", "accepted", "changed", "refused", "held", "duplicate", "quarantined"),
        _one_of("message", "validation", "pending", "valid", "warnings", "rejected", "unreadable"),
        sa.ForeignKeyConstraint(["answers"], ["message.id"], name=op.f("fk_message_answers_message")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(
            "ix_message_answers",
            ["answers"],
            unique=False,
            sqlite_where=sa.text("answers IS NOT NULL"),
            postgresql_where=sa.text("answers IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_message_attention",
            ["id"],
            unique=False,
            sqlite_where=sa.text("attention IS NOT NULL"),
            postgresql_where=sa.text("attention IS NOT NULL"),
        )
        batch_op.create_index("ix_message_partner_id", ["partner", "id"], unique=False)
        batch_op.create_index(
            "uq_message_bytes",
            ["partner", "sha256"],
            unique=True,
            sqlite_where=sa.text("direction = 'in'"),
            postgresql_where=sa.text("direction = 'in'"),
        )
        batch_op.create_index(
            "uq_message_idempotency_key",
            ["partner", "idempotency_key"],
            unique=True,
            sqlite_where=sa.text("idempotency_key IS NOT NULL"),
            postgresql_where=sa.text("idempotency_key IS NOT NULL"),
        )

    op.create_table(
        "person",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("login", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("partners", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=20), nullable=True),
        sa.Column("zone", sa.String(length=60), nullable=True),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", columns.Instant(), nullable=True),
        sa.Column("disabled_at", columns.Instant(), nullable=True),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("login", name=op.f("uq_person_login")),
    )
    op.create_table(
        "delivery",
        sa.Column("message", sa.String(length=36), nullable=False),
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("transport", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", columns.Instant(), nullable=True),
        sa.Column("read_at", columns.Instant(), nullable=True),
        sa.Column("received_at", columns.Instant(), nullable=True),
        sa.Column("verdict", sa.String(length=10), nullable=True),
        sa.Column("verdict_reason", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        _one_of("delivery", "state", "none", "ready", "sent", "delivered", "failed"),
        _one_of("delivery", "verdict", "approve", "refuse"),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name=op.f("fk_delivery_message_message")),
        sa.PrimaryKeyConstraint("message", name=op.f("pk_delivery")),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(
            "ix_delivery_due",
            ["next_attempt_at", "message"],
            unique=False,
            sqlite_where=sa.text("next_attempt_at IS NOT NULL"),
            postgresql_where=sa.text("next_attempt_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_delivery_mailbox",
            ["partner", "message"],
            unique=False,
            sqlite_where=sa.text("next_attempt_at IS NULL AND state = 'ready'"),
            postgresql_where=sa.text("next_attempt_at IS NULL AND state = 'ready'"),
        )

    op.create_table(
        "document",
        sa.Column("message", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("interchange", sa.Integer(), nullable=True),
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("document", sa.String(length=60), nullable=True),
        sa.Column("release", sa.String(length=20), nullable=True),
        sa.Column("functional_group", sa.String(length=4), nullable=True),
        sa.Column("group_control_number", sa.Integer(), nullable=True),
        sa.Column("set_control_number", sa.String(length=20), nullable=True),
        sa.Column("order_number", sa.String(length=80), nullable=True),
        sa.Column("test", sa.Boolean(), nullable=False),
        sa.Column("validation", sa.String(length=20), nullable=False),
        sa.Column("acknowledgement", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("canonical", sa.LargeBinary(), nullable=True),
        sa.Column("map_name", sa.String(length=120), nullable=True),
        sa.Column("map_digest", sa.String(length=64), nullable=True),
        sa.Column("guide_digest", sa.String(length=64), nullable=True),
        sa.Column("answers_message", sa.String(length=36), nullable=True),
        sa.Column("answers_position", sa.Integer(), nullable=True),
        _one_of("document", "acknowledgement", "none", "awaited", "accepted", "partly", "rejected", "overdue"),
        _one_of("document", "outcome", "none", "accepted", "changed", "refused", "held", "duplicate", "quarantined"),
        _one_of("document", "validation", "pending", "valid", "warnings", "rejected", "unreadable"),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name=op.f("fk_document_message_message")),
        sa.PrimaryKeyConstraint("message", "position", name=op.f("pk_document")),
    )
    op.create_table(
        "expected_acknowledgement",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("functional_group", sa.String(length=4), nullable=False),
        sa.Column("control_number", sa.Integer(), nullable=False),
        sa.Column("message", sa.String(length=36), nullable=False),
        sa.Column("due_at", columns.Instant(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("acknowledged_by", sa.String(length=36), nullable=True),
        _one_of("expected_acknowledgement", "state", "none", "awaited", "accepted", "partly", "rejected", "overdue"),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name=op.f("fk_expected_acknowledgement_message_message")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expected_acknowledgement")),
    )
    with op.batch_alter_table("expected_acknowledgement", schema=None) as batch_op:
        batch_op.create_index(
            "ix_expected_acknowledgement_due",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("state = 'awaited'"),
            postgresql_where=sa.text("state = 'awaited'"),
        )
        batch_op.create_index(batch_op.f("ix_expected_acknowledgement_message"), ["message"], unique=False)
        batch_op.create_index(
            "ix_expected_acknowledgement_number", ["partner", "control_number", "functional_group"], unique=False
        )

    op.create_table(
        "interchange",
        sa.Column("message", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("sender_qualifier", sa.String(length=4), nullable=False),
        sa.Column("sender", sa.String(length=40), nullable=False),
        sa.Column("receiver_qualifier", sa.String(length=4), nullable=False),
        sa.Column("receiver", sa.String(length=40), nullable=False),
        sa.Column("control_number", sa.Integer(), nullable=False),
        sa.Column("usage", sa.String(length=1), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("judgement", sa.String(length=10), nullable=False),
        sa.Column("first_message", sa.String(length=36), nullable=True),
        sa.Column("at", columns.Instant(), nullable=False),
        _one_of("interchange", "judgement", "first", "duplicate", "conflict", "refused"),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name=op.f("fk_interchange_message_message")),
        sa.PrimaryKeyConstraint("message", "position", name=op.f("pk_interchange")),
    )
    with op.batch_alter_table("interchange", schema=None) as batch_op:
        batch_op.create_index(
            "uq_interchange_number",
            ["partner", "control_number", "sender", "sender_qualifier", "receiver", "receiver_qualifier"],
            unique=True,
            sqlite_where=sa.text("judgement = 'first' AND direction = 'in'"),
            postgresql_where=sa.text("judgement = 'first' AND direction = 'in'"),
        )

    op.create_table(
        "login_link",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=36), nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.Column("expires_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_login_link_person_person")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_login_link")),
    )
    with op.batch_alter_table("login_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_link_person"), ["person"], unique=False)

    op.create_table(
        "search_key",
        sa.Column("folded", sa.String(length=120), nullable=False),
        sa.Column("message", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name=op.f("fk_search_key_message_message")),
        sa.PrimaryKeyConstraint("folded", "message", "kind", name=op.f("pk_search_key")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "session",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=36), nullable=False),
        sa.Column("csrf", sa.String(length=43), nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.Column("expires_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_session_person_person")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_session")),
    )
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_person"), ["person"], unique=False)

    op.create_table(
        "timeline",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("message", sa.String(length=36), nullable=False),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name=op.f("fk_timeline_message_message")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timeline")),
    )
    with op.batch_alter_table("timeline", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_timeline_message"), ["message"], unique=False)

    op.create_table(
        "delivery_attempt",
        sa.Column("message", sa.String(length=36), nullable=False),
        sa.Column("attempt", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("started_at", columns.Instant(), nullable=False),
        sa.Column("finished_at", columns.Instant(), nullable=True),
        sa.Column("ok", sa.Boolean(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["message"], ["delivery.message"], name=op.f("fk_delivery_attempt_message_delivery")),
        sa.PrimaryKeyConstraint("message", "attempt", name=op.f("pk_delivery_attempt")),
    )


def downgrade() -> None:
    op.drop_table("delivery_attempt")
    with op.batch_alter_table("timeline", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_timeline_message"))

    op.drop_table("timeline")
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_session_person"))

    op.drop_table("session")
    op.drop_table("search_key")
    with op.batch_alter_table("login_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_login_link_person"))

    op.drop_table("login_link")
    with op.batch_alter_table("interchange", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_interchange_number",
            sqlite_where=sa.text("judgement = 'first' AND direction = 'in'"),
            postgresql_where=sa.text("judgement = 'first' AND direction = 'in'"),
        )

    op.drop_table("interchange")
    with op.batch_alter_table("expected_acknowledgement", schema=None) as batch_op:
        batch_op.drop_index("ix_expected_acknowledgement_number")
        batch_op.drop_index(batch_op.f("ix_expected_acknowledgement_message"))
        batch_op.drop_index(
            "ix_expected_acknowledgement_due",
            sqlite_where=sa.text("state = 'awaited'"),
            postgresql_where=sa.text("state = 'awaited'"),
        )

    op.drop_table("expected_acknowledgement")
    op.drop_table("document")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_delivery_mailbox",
            sqlite_where=sa.text("next_attempt_at IS NULL AND state = 'ready'"),
            postgresql_where=sa.text("next_attempt_at IS NULL AND state = 'ready'"),
        )
        batch_op.drop_index(
            "ix_delivery_due",
            sqlite_where=sa.text("next_attempt_at IS NOT NULL"),
            postgresql_where=sa.text("next_attempt_at IS NOT NULL"),
        )

    op.drop_table("delivery")
    op.drop_table("person")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_message_idempotency_key",
            sqlite_where=sa.text("idempotency_key IS NOT NULL"),
            postgresql_where=sa.text("idempotency_key IS NOT NULL"),
        )
        batch_op.drop_index(
            "uq_message_bytes", sqlite_where=sa.text("direction = 'in'"), postgresql_where=sa.text("direction = 'in'")
        )
        batch_op.drop_index("ix_message_partner_id")
        batch_op.drop_index(
            "ix_message_attention",
            sqlite_where=sa.text("attention IS NOT NULL"),
            postgresql_where=sa.text("attention IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_message_answers",
            sqlite_where=sa.text("answers IS NOT NULL"),
            postgresql_where=sa.text("answers IS NOT NULL"),
        )

    op.drop_table("message")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_job_ordering",
            sqlite_where=sa.text("ordering_key IS NOT NULL"),
            postgresql_where=sa.text("ordering_key IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_job_due", sqlite_where=sa.text("state != 'dead'"), postgresql_where=sa.text("state != 'dead'")
        )

    op.drop_table("job")
    op.drop_table("control_number")
    op.drop_table("blob")
    op.drop_table("audit_entry")
    with op.batch_alter_table("api_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_key_partner"))

    op.drop_table("api_key")
