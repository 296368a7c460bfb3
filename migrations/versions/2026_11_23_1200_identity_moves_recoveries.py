"""Identity checks before the unlock, moves to other seats, and recoveries of what a lost browser still held."""

import sqlalchemy as sa
from alembic import op

revision = "202611231200"
down_revision = "202611231100"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "identity_check",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_by", sa.Uuid(), nullable=False),
        sa.Column("checked_by_name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name=op.f("fk_identity_check_registration_id_registration")
        ),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_identity_check")),
    )
    op.create_table(
        "seat_move",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("from_seat", sa.Integer(), nullable=False),
        sa.Column("to_seat", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_by_name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name=op.f("fk_seat_move_registration_id_registration")
        ),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_seat_move_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_move")),
    )
    op.create_index(op.f("ix_seat_move_registration_id"), "seat_move", ["registration_id"])
    op.create_index(op.f("ix_seat_move_sitting_id"), "seat_move", ["sitting_id"])
    op.create_table(
        "recovery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("operations", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_by_name", sa.String(length=120), nullable=False),
        sa.Column("decision", sa.String(length=8), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=120), nullable=True),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_recovery_attempt_id_attempt")),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name=op.f("fk_recovery_registration_id_registration")
        ),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_recovery_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery")),
    )
    op.create_index(op.f("ix_recovery_attempt_id"), "recovery", ["attempt_id"])
    op.create_index(op.f("ix_recovery_sitting_id"), "recovery", ["sitting_id"])
    with op.batch_alter_table("seat") as table:
        table.add_column(sa.Column("unlocks_next_login", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("seat") as table:
        table.alter_column("unlocks_next_login", existing_type=sa.Boolean(), server_default=None)
    with op.batch_alter_table("sitting") as table:
        table.add_column(sa.Column("unlock_needs_identity", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("sitting") as table:
        table.alter_column("unlock_needs_identity", existing_type=sa.Boolean(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("sitting") as table:
        table.drop_column("unlock_needs_identity")
    with op.batch_alter_table("seat") as table:
        table.drop_column("unlocks_next_login")
    op.drop_table("recovery")
    op.drop_table("seat_move")
    op.drop_table("identity_check")
