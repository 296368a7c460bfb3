"""Sections of sittings, and files handed in for practical tasks."""

import sqlalchemy as sa
from alembic import op

revision = "202611231400"
down_revision = "202611231000"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("sitting") as sitting:
        sitting.add_column(sa.Column("sections", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("sitting") as sitting:
        sitting.alter_column("sections", server_default=None)
    op.create_table(
        "upload",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("item_ref", sa.String(length=8), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("received_bytes", sa.BigInteger(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("examining_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finding", sa.String(length=48), nullable=True),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_upload_attempt_id_attempt")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
        sa.UniqueConstraint("attempt_id", "item_ref", "sha256", name=op.f("uq_upload_attempt_id_item_ref_sha256")),
    )
    op.create_index(op.f("ix_upload_attempt_id"), "upload", ["attempt_id"])
    op.create_index(
        "ix_upload_unexamined",
        "upload",
        ["completed_at"],
        sqlite_where=sa.text("finding IS NULL"),
        postgresql_where=sa.text("finding IS NULL"),
    )
    op.create_table(
        "upload_part",
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("start", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("fk_upload_part_upload_id_upload")),
        sa.PrimaryKeyConstraint("upload_id", "start", name=op.f("pk_upload_part")),
    )


def downgrade() -> None:
    op.drop_table("upload_part")
    op.drop_table("upload")
    with op.batch_alter_table("sitting") as sitting:
        sitting.drop_column("sections")
