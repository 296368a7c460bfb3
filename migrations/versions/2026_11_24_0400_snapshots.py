"""Pictures taken during a sitting: the decision, consents, pictures, and who looked at them."""

import sqlalchemy as sa
from alembic import op

revision = "202611240400"
down_revision = "202611240200"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "snapshot_setting",
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("camera", sa.Boolean(), nullable=False),
        sa.Column("screen", sa.Boolean(), nullable=False),
        sa.Column("interval_seconds", sa.Integer(), nullable=False),
        sa.Column("retention_days", sa.Integer(), nullable=False),
        sa.Column("legal_basis", sa.String(length=1000), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_snapshot_setting_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("sitting_id", name=op.f("pk_snapshot_setting")),
    )
    op.create_table(
        "snapshot_consent",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("is_agreed", sa.Boolean(), nullable=False),
        sa.Column("told_sha256", sa.String(length=64), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("camera_state", sa.String(length=8), nullable=True),
        sa.Column("screen_state", sa.String(length=8), nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name=op.f("fk_snapshot_consent_registration_id_registration")
        ),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_snapshot_consent")),
    )
    op.create_table(
        "snapshot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("media_type", sa.String(length=16), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name=op.f("fk_snapshot_registration_id_registration")
        ),
        sa.ForeignKeyConstraint(
            ["sitting_id"], ["snapshot_setting.sitting_id"], name=op.f("fk_snapshot_sitting_id_snapshot_setting")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
    )
    op.create_index("ix_snapshot_registration_source_taken", "snapshot", ["registration_id", "source", "taken_at"])
    op.create_index("ix_snapshot_sitting", "snapshot", ["sitting_id"])
    op.create_table(
        "snapshot_viewing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("viewer_id", sa.Uuid(), nullable=False),
        sa.Column("viewer_name", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name=op.f("fk_snapshot_viewing_registration_id_registration")
        ),
        sa.ForeignKeyConstraint(
            ["sitting_id"],
            ["snapshot_setting.sitting_id"],
            name=op.f("fk_snapshot_viewing_sitting_id_snapshot_setting"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot_viewing")),
    )
    op.create_index(op.f("ix_snapshot_viewing_sitting_id"), "snapshot_viewing", ["sitting_id"])


def downgrade() -> None:
    op.drop_table("snapshot_viewing")
    op.drop_table("snapshot")
    op.drop_table("snapshot_consent")
    op.drop_table("snapshot_setting")
