"""What a site works by of the rule-set that applies to a pulled sitting."""

import sqlalchemy as sa
from alembic import op

revision = "202611240500"
down_revision = "202611240400"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pulled_rules",
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=48), nullable=False),
        sa.Column("standard_level", sa.String(length=16), nullable=False),
        sa.Column("legal_basis", sa.String(length=500), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_pulled_rules_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("sitting_id", name=op.f("pk_pulled_rules")),
    )


def downgrade() -> None:
    op.drop_table("pulled_rules")
