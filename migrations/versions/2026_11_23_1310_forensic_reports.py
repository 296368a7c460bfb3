"""Forensic reports on finished sittings."""

import sqlalchemy as sa
from alembic import op

revision = "202611231310"
down_revision = "202611231200"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "forensic_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_by_name", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_forensic_report_job_id_job")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_forensic_report_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forensic_report")),
    )
    op.create_index(op.f("ix_forensic_report_sitting_id"), "forensic_report", ["sitting_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_forensic_report_sitting_id"), "forensic_report")
    op.drop_table("forensic_report")
