"""Checks of the computers in exam rooms."""

import sqlalchemy as sa
from alembic import op

revision = "202611240300"
down_revision = "202611231340"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "machine_check",
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("seat_number", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=8), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("is_own", sa.Boolean(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["sitting_id", "room_id"],
            ["sitting_room.sitting_id", "sitting_room.room_id"],
            name=op.f("fk_machine_check_sitting_id_sitting_room"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("sitting_id", "room_id", "seat_number", name=op.f("pk_machine_check")),
    )


def downgrade() -> None:
    op.drop_table("machine_check")
