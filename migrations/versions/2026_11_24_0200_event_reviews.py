"""Up to where proctors have seen the events of an attempt's window."""

import sqlalchemy as sa
from alembic import op

revision = "202611240200"
down_revision = "202611240100"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "event_review",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("up_to_seq", sa.BigInteger(), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewed_by_name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_event_review_attempt_id_attempt")),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_event_review")),
    )


def downgrade() -> None:
    op.drop_table("event_review")
