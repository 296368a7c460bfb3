"""Sittings handed over to test sites."""

import sqlalchemy as sa
from alembic import op

revision = "202611231100"
down_revision = "202611231400"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "site_delegation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("centre_id", sa.Uuid(), nullable=True),
        sa.Column("site_name", sa.String(length=120), nullable=False),
        sa.Column("room_ids", sa.JSON(), nullable=False),
        sa.Column("code_digest", sa.String(length=64), nullable=False),
        sa.Column("code_expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("release_lead_minutes", sa.Integer(), nullable=False),
        sa.Column("wrapped_release_code", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_by_name", sa.String(length=120), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("public_key", sa.String(length=44), nullable=True),
        sa.Column("pulled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("push_number", sa.Integer(), nullable=False),
        sa.Column("first_pushed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pushed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("log_rows", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_name", sa.String(length=120), nullable=True),
        sa.Column("withdrawal_reason", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["test_centre.id"], name=op.f("fk_site_delegation_centre_id_test_centre")
        ),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_site_delegation_sitting_id_sitting")),
        sa.ForeignKeyConstraint(["user_id"], ["staff_user.id"], name=op.f("fk_site_delegation_user_id_staff_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_delegation")),
        sa.UniqueConstraint("code_digest", name=op.f("uq_site_delegation_code_digest")),
        sa.UniqueConstraint("user_id", name=op.f("uq_site_delegation_user_id")),
    )
    op.create_index(op.f("ix_site_delegation_sitting_id"), "site_delegation", ["sitting_id"])
    op.create_table(
        "site_log_row",
        sa.Column("delegation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["delegation_id"], ["site_delegation.id"], name=op.f("fk_site_log_row_delegation_id_site_delegation")
        ),
        sa.PrimaryKeyConstraint("delegation_id", "number", name=op.f("pk_site_log_row")),
    )
    op.create_table(
        "site_log_root",
        sa.Column("delegation_id", sa.Uuid(), nullable=False),
        sa.Column("segment", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("previous_root", sa.String(length=64), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.Uuid(), nullable=False),
        sa.Column("public_key", sa.String(length=44), nullable=False),
        sa.Column("signature", sa.String(length=88), nullable=False),
        sa.ForeignKeyConstraint(
            ["delegation_id"], ["site_delegation.id"], name=op.f("fk_site_log_root_delegation_id_site_delegation")
        ),
        sa.PrimaryKeyConstraint("delegation_id", "segment", name=op.f("pk_site_log_root")),
    )
    op.create_table(
        "pulled_sitting",
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("delegation_id", sa.Uuid(), nullable=False),
        sa.Column("site_name", sa.String(length=120), nullable=False),
        sa.Column("central_url", sa.String(length=300), nullable=False),
        sa.Column("authority", sa.Text(), nullable=True),
        sa.Column("wrapped_token", sa.LargeBinary(), nullable=False),
        sa.Column("paper_keys", sa.JSON(), nullable=False),
        sa.Column("releases_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pulled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("push_number", sa.Integer(), nullable=False),
        sa.Column("taken_home_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_pulled_sitting_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("sitting_id", name=op.f("pk_pulled_sitting")),
        sa.UniqueConstraint("delegation_id", name=op.f("uq_pulled_sitting_delegation_id")),
    )
    with op.batch_alter_table("sitting") as table:
        table.add_column(sa.Column("is_pulled", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("sitting") as table:
        table.alter_column("is_pulled", existing_type=sa.Boolean(), server_default=None)
    with op.batch_alter_table("sitting_room") as table:
        table.add_column(sa.Column("delegated_to", sa.Uuid(), nullable=True))
    with op.batch_alter_table("sealed_paper") as table:
        table.alter_column("wrapped_key", existing_type=sa.LargeBinary(), nullable=True)


def downgrade() -> None:
    # Papers without a key are another server's, and nobody could open them here.
    with op.batch_alter_table("sealed_paper") as table:
        table.alter_column("wrapped_key", existing_type=sa.LargeBinary(), nullable=False)
    with op.batch_alter_table("sitting_room") as table:
        table.drop_column("delegated_to")
    with op.batch_alter_table("sitting") as table:
        table.drop_column("is_pulled")
    op.drop_table("pulled_sitting")
    op.drop_table("site_log_root")
    op.drop_table("site_log_row")
    op.drop_table("site_delegation")
