"""Personal forms, multistage panels and adaptive tests as a board has them made, approves and publishes them."""

import sqlalchemy as sa
from alembic import op

revision = "202611222100"
down_revision = "202611222000"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tailored_paper",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("design", sa.String(length=16), nullable=False),
        sa.Column("blueprint_id", sa.Uuid(), nullable=False),
        sa.Column("blueprint", sa.JSON(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("pool_size", sa.Integer(), nullable=True),
        sa.Column("is_simulated", sa.Boolean(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("versions", sa.JSON(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("conflict", sa.JSON(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_by_name", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_by_name", sa.String(length=120), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_form_ids", sa.JSON(), nullable=False),
        sa.Column("published_set_id", sa.Uuid(), nullable=True),
        sa.Column("published_by_name", sa.String(length=120), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["blueprint_id"], ["blueprint.id"], name=op.f("fk_tailored_paper_blueprint_id_blueprint")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_tailored_paper_job_id_job")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tailored_paper")),
        sa.UniqueConstraint("number", name=op.f("uq_tailored_paper_number")),
    )
    op.create_index(op.f("ix_tailored_paper_blueprint_id"), "tailored_paper", ["blueprint_id"])
    op.create_index(op.f("ix_tailored_paper_created_at"), "tailored_paper", ["created_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_tailored_paper_created_at"), table_name="tailored_paper")
    op.drop_index(op.f("ix_tailored_paper_blueprint_id"), table_name="tailored_paper")
    op.drop_table("tailored_paper")
