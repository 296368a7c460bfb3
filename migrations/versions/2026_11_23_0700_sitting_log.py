"""The log of a sitting: rows, the end of each chain, signed roots; refusals know the row that vouches for them."""

import sqlalchemy as sa
from alembic import op

revision = "202611230700"
down_revision = "202611230600"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sitting_log_head",
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("rooted", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sitting_id", name=op.f("pk_sitting_log_head")),
    )
    op.create_table(
        "sitting_log_root",
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("segment", sa.Integer(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("previous_root", sa.String(length=64), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.Uuid(), nullable=False),
        sa.Column("public_key", sa.String(length=44), nullable=False),
        sa.Column("signature", sa.String(length=88), nullable=False),
        sa.PrimaryKeyConstraint("sitting_id", "segment", name=op.f("pk_sitting_log_root")),
    )
    op.create_table(
        "sitting_log_row",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=True),
        sa.CheckConstraint("(number IS NULL) = (hash IS NULL)", name=op.f("ck_sitting_log_row_chained_with_number")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sitting_log_row")),
        sa.UniqueConstraint("sitting_id", "number", name=op.f("uq_sitting_log_row_sitting_id_number")),
    )
    op.create_index(
        "ix_sitting_log_row_unchained",
        "sitting_log_row",
        ["sitting_id"],
        unique=False,
        sqlite_where=sa.text("number IS NULL"),
        postgresql_where=sa.text("number IS NULL"),
    )
    op.add_column("journal_refusal", sa.Column("logged_part", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("journal_refusal", "logged_part")
    op.drop_index("ix_sitting_log_row_unchained", table_name="sitting_log_row")
    op.drop_table("sitting_log_row")
    op.drop_table("sitting_log_root")
    op.drop_table("sitting_log_head")
