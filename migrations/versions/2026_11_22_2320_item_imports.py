"""Imports of items as runs with their rows and media; runs under way before are files to bring once more."""

import sqlalchemy as sa
from alembic import op

revision = "202611222320"
down_revision = "202611222310"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("item_import")
    op.create_table(
        "item_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("format", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("notices", sa.JSON(), nullable=False),
        sa.Column("stimuli", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_import")),
    )
    op.create_index(op.f("ix_item_import_created_at"), "item_import", ["created_at"])
    op.create_index(op.f("ix_item_import_created_by"), "item_import", ["created_by"])
    op.create_table(
        "item_import_file",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        _of_run("item_import_file"),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_item_import_file")),
    )
    op.create_table(
        "item_import_row",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("stated_code", sa.String(length=64), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=True),
        sa.Column("interaction", sa.String(length=24), nullable=False),
        sa.Column("stem", sa.String(length=300), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("stem_digest", sa.String(length=64), nullable=False),
        sa.Column("item", sa.JSON(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("notices", sa.JSON(), nullable=False),
        sa.Column("advice", sa.JSON(), nullable=False),
        sa.Column("checks", sa.JSON(), nullable=False),
        sa.Column("draft", sa.JSON(), nullable=True),
        sa.Column("comparison", sa.String(length=16), nullable=False),
        sa.Column("has_errors", sa.Boolean(), nullable=False),
        sa.Column("has_warnings", sa.Boolean(), nullable=False),
        sa.Column("is_left_out", sa.Boolean(), nullable=False),
        _of_run("item_import_row"),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_item_import_row")),
    )
    op.create_table(
        "item_import_media",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("original_name", sa.String(length=200), nullable=False),
        sa.Column("original_sha256", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        _of_run("item_import_media"),
        sa.PrimaryKeyConstraint("import_id", "sha256", name=op.f("pk_item_import_media")),
    )


def _of_run(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["import_id"], ["item_import.id"], name=op.f(f"fk_{table}_import_id_item_import"), ondelete="CASCADE"
    )


def downgrade() -> None:
    op.drop_table("item_import_media")
    op.drop_table("item_import_row")
    op.drop_table("item_import_file")
    op.drop_index(op.f("ix_item_import_created_by"), "item_import")
    op.drop_index(op.f("ix_item_import_created_at"), "item_import")
    op.drop_table("item_import")
    op.create_table(
        "item_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column("sheet_name", sa.String(length=64), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows_with_errors", sa.Integer(), nullable=False),
        sa.Column("drafts", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_import")),
    )
    op.create_index(op.f("ix_item_import_created_at"), "item_import", ["created_at"])
    op.create_index(op.f("ix_item_import_created_by"), "item_import", ["created_by"])
