"""Instructions to a candidate are numbered, so that a browser can say which was the last that it saw."""

import sqlalchemy as sa
from alembic import op

revision = "202611230730"
down_revision = "202611230700"
branch_labels = None
depends_on = None

_NUMBER = """
UPDATE instruction SET number = (
    SELECT counted.number FROM (
        SELECT id, row_number() OVER (PARTITION BY registration_id ORDER BY created_at, id) AS number FROM instruction
    ) AS counted WHERE counted.id = instruction.id
)
"""


def upgrade() -> None:
    op.add_column("instruction", sa.Column("number", sa.Integer(), nullable=True))
    op.execute(_NUMBER)
    op.drop_index(op.f("ix_instruction_registration_id"), table_name="instruction")
    with op.batch_alter_table("instruction") as table:
        table.alter_column("number", existing_type=sa.Integer(), nullable=False)
        table.create_unique_constraint(op.f("uq_instruction_registration_id_number"), ["registration_id", "number"])


def downgrade() -> None:
    with op.batch_alter_table("instruction") as table:
        table.drop_constraint(op.f("uq_instruction_registration_id_number"), type_="unique")
        table.drop_column("number")
    op.create_index(op.f("ix_instruction_registration_id"), "instruction", ["registration_id"])
