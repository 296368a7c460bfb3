"""Calibration by other models than the 2PL, on the scale of the bank; work that can be cancelled."""

import sqlalchemy as sa
from alembic import op

revision = "202611221400"
down_revision = "202611220900"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cancel_requested_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("calibration_run", schema=None) as batch_op:
        batch_op.add_column(sa.Column("options", sa.JSON(), nullable=False, server_default='{"model": "2PL"}'))
    with op.batch_alter_table("calibration_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("c", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("se_c", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("is_anchor", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("fit", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("drift", sa.JSON(), nullable=True))
    with op.batch_alter_table("item_parameters", schema=None) as batch_op:
        batch_op.add_column(sa.Column("c", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("se_c", sa.Float(), nullable=True))
    with op.batch_alter_table("assembled_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("c", sa.Float(), nullable=True))


def downgrade() -> None:
    # Parameters with an asymptote would be read as a two-parameter item's; nothing older can use them.
    op.execute("DELETE FROM item_parameters WHERE c IS NOT NULL")
    with op.batch_alter_table("assembled_item", schema=None) as batch_op:
        batch_op.drop_column("c")
    with op.batch_alter_table("item_parameters", schema=None) as batch_op:
        batch_op.drop_column("se_c")
        batch_op.drop_column("c")
    with op.batch_alter_table("calibration_item", schema=None) as batch_op:
        batch_op.drop_column("drift")
        batch_op.drop_column("fit")
        batch_op.drop_column("is_anchor")
        batch_op.drop_column("se_c")
        batch_op.drop_column("c")
    with op.batch_alter_table("calibration_run", schema=None) as batch_op:
        batch_op.drop_column("options")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_column("cancel_requested_at")
