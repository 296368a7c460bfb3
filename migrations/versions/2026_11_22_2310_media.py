"""Pictures, sound and starting files, kept once each under the hash of their bytes."""

import sqlalchemy as sa
from alembic import op

revision = "202611222310"
down_revision = "202611222300"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "media",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("original_name", sa.String(length=200), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_by_name", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_media")),
    )
    op.create_index(op.f("ix_media_created_at"), "media", ["created_at"])
    op.create_table(
        "media_content",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sha256"], ["media.sha256"], name=op.f("fk_media_content_sha256_media"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_media_content")),
    )
    op.create_table(
        "media_original",
        sa.Column("original_sha256", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["sha256"], ["media.sha256"], name=op.f("fk_media_original_sha256_media"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("original_sha256", "purpose", name=op.f("pk_media_original")),
    )
    op.create_index(op.f("ix_media_original_sha256"), "media_original", ["sha256"])


def downgrade() -> None:
    op.drop_index(op.f("ix_media_original_sha256"), table_name="media_original")
    op.drop_table("media_original")
    op.drop_table("media_content")
    op.drop_index(op.f("ix_media_created_at"), table_name="media")
    op.drop_table("media")
