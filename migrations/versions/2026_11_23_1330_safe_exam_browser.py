"""Sittings in Safe Exam Browser: settings and keys, what candidates came with, and exemptions."""

import sqlalchemy as sa
from alembic import op

revision = "202611231330"
down_revision = "202611231320"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "safe_exam_browser",
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("server_url", sa.String(length=300), nullable=False),
        sa.Column("allowed_addresses", sa.JSON(), nullable=False),
        sa.Column("quit_password_sha256", sa.String(length=64), nullable=True),
        sa.Column("quit_code", sa.String(length=43), nullable=False),
        sa.Column("exam_key_salt", sa.LargeBinary(), nullable=False),
        sa.Column("takes_files", sa.Boolean(), nullable=False),
        sa.Column("browser_exam_keys", sa.JSON(), nullable=False),
        sa.Column("accepts_config_key", sa.Boolean(), nullable=False),
        sa.Column("config_key", sa.String(length=64), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_out_key", sa.String(length=64), nullable=True),
        sa.Column("handed_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_safe_exam_browser_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("sitting_id", name=op.f("pk_safe_exam_browser")),
    )
    op.create_table(
        "browser_check",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("exempted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("exempted_by_name", sa.String(length=120), nullable=True),
        sa.Column("exemption_reason", sa.String(length=16), nullable=True),
        sa.Column("exemption_note", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name=op.f("fk_browser_check_registration_id_registration")
        ),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_browser_check")),
    )


def downgrade() -> None:
    op.drop_table("browser_check")
    op.drop_table("safe_exam_browser")
