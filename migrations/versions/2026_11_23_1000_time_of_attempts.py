"""Pauses, time given back, ends by a proctor, silences, and extra time as a share of the working time."""

import sqlalchemy as sa
from alembic import op

revision = "202611231000"
down_revision = "202611230730"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pause",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("room_id", sa.Uuid(), nullable=True),
        sa.Column("registration_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by_name", sa.String(length=120), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_name", sa.String(length=120), nullable=True),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_pause_sitting_id_sitting")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_pause_room_id_room")),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name=op.f("fk_pause_registration_id_registration")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pause")),
    )
    op.create_index(op.f("ix_pause_sitting_id"), "pause", ["sitting_id"])
    op.create_table(
        "silence",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_silence_attempt_id_attempt")),
        sa.PrimaryKeyConstraint("attempt_id", "since", name=op.f("pk_silence")),
    )
    op.create_table(
        "time_credit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("credit_ms", sa.BigInteger(), nullable=False),
        sa.Column("silent_ms", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_by_name", sa.String(length=120), nullable=False),
        sa.Column("decision", sa.String(length=8), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=120), nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name=op.f("fk_time_credit_registration_id_registration")
        ),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_time_credit_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_credit")),
    )
    op.create_index(op.f("ix_time_credit_registration_id"), "time_credit", ["registration_id"])
    op.create_index(op.f("ix_time_credit_sitting_id"), "time_credit", ["sitting_id"])
    with op.batch_alter_table("attempt") as table:
        table.add_column(sa.Column("paused_ms", sa.BigInteger(), nullable=False, server_default="0"))
        table.add_column(sa.Column("paused_since", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("credit_ms", sa.BigInteger(), nullable=False, server_default="0"))
        table.add_column(sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("end_reason", sa.String(length=16), nullable=True))
    with op.batch_alter_table("attempt") as table:
        table.alter_column("paused_ms", existing_type=sa.BigInteger(), server_default=None)
        table.alter_column("credit_ms", existing_type=sa.BigInteger(), server_default=None)
    with op.batch_alter_table("sitting") as table:
        table.add_column(sa.Column("credit_needs_second", sa.Boolean(), nullable=False, server_default=sa.true()))
        table.add_column(sa.Column("paused_ms", sa.BigInteger(), nullable=False, server_default="0"))
    with op.batch_alter_table("sitting") as table:
        table.alter_column("credit_needs_second", existing_type=sa.Boolean(), server_default=None)
        table.alter_column("paused_ms", existing_type=sa.BigInteger(), server_default=None)
    with op.batch_alter_table("registration") as table:
        table.add_column(sa.Column("extra_percent", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("registration") as table:
        table.alter_column("extra_percent", existing_type=sa.Integer(), server_default=None)
        table.create_check_constraint("no_negative_extra_percent", "extra_percent >= 0")


def downgrade() -> None:
    with op.batch_alter_table("registration") as table:
        table.drop_constraint("no_negative_extra_percent", type_="check")
        table.drop_column("extra_percent")
    with op.batch_alter_table("sitting") as table:
        table.drop_column("paused_ms")
        table.drop_column("credit_needs_second")
    with op.batch_alter_table("attempt") as table:
        for name in ("end_reason", "ended_at", "credit_ms", "paused_since", "paused_ms"):
            table.drop_column(name)
    op.drop_table("time_credit")
    op.drop_table("silence")
    op.drop_table("pause")
