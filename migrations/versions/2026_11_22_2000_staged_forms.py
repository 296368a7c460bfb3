"""Sets of personal forms; multistage and adaptive forms with their stages."""

import sqlalchemy as sa
from alembic import op

revision = "202611222000"
down_revision = "202611221900"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "form_set",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("form_count", sa.Integer(), nullable=False),
        sa.Column("source", sa.JSON(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=False),
        sa.Column("published_by_name", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_set")),
    )
    op.create_index(op.f("ix_form_set_code"), "form_set", ["code"])
    op.create_index(op.f("ix_form_set_published_at"), "form_set", ["published_at"])
    with op.batch_alter_table("form", schema=None) as batch_op:
        batch_op.add_column(sa.Column("form_set_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("design", sa.String(length=16), nullable=False, server_default="linear"))
        batch_op.create_foreign_key(op.f("fk_form_form_set_id_form_set"), "form_set", ["form_set_id"], ["id"])
        batch_op.create_index(op.f("ix_form_form_set_id"), ["form_set_id"])
    op.create_table(
        "form_routing",
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["form_id"], ["form.id"], name=op.f("fk_form_routing_form_id_form")),
        sa.PrimaryKeyConstraint("form_id", name=op.f("pk_form_routing")),
    )
    with op.batch_alter_table("sitting", schema=None) as batch_op:
        batch_op.add_column(sa.Column("form_set_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_sitting_form_set_id_form_set"), "form_set", ["form_set_id"], ["id"])
    op.create_table(
        "attempt_stage",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("refs", sa.JSON(), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_seq", sa.BigInteger(), nullable=False),
        sa.Column("closed_seq", sa.BigInteger(), nullable=True),
        sa.Column("selection_ms", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_attempt_stage_attempt_id_attempt")),
        sa.PrimaryKeyConstraint("attempt_id", "number", name=op.f("pk_attempt_stage")),
    )


def downgrade() -> None:
    op.drop_table("attempt_stage")
    with op.batch_alter_table("sitting", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("fk_sitting_form_set_id_form_set"), type_="foreignkey")
        batch_op.drop_column("form_set_id")
    op.drop_table("form_routing")
    with op.batch_alter_table("form", schema=None) as batch_op:
        batch_op.drop_index(op.f("ix_form_form_set_id"))
        batch_op.drop_constraint(op.f("fk_form_form_set_id_form_set"), type_="foreignkey")
        batch_op.drop_column("design")
        batch_op.drop_column("form_set_id")
    op.drop_index(op.f("ix_form_set_published_at"), table_name="form_set")
    op.drop_index(op.f("ix_form_set_code"), table_name="form_set")
    op.drop_table("form_set")
