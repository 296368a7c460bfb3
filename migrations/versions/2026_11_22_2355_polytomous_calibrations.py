"""Calibrations of items with several score categories, their source and hash of data, and acceptance item by item."""

import sqlalchemy as sa
from alembic import op

revision = "202611222355"
down_revision = "202611222350"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("calibration_run") as batch:
        batch.add_column(sa.Column("source", sa.String(length=16), server_default="choices", nullable=False))
        batch.add_column(sa.Column("data_hash", sa.String(length=64), nullable=True))
    with op.batch_alter_table("calibration_run") as batch:
        batch.alter_column("source", server_default=None)
    with op.batch_alter_table("calibration_choices") as batch:
        batch.alter_column("chosen", new_column_name="packed")
    with op.batch_alter_table("calibration_item") as batch:
        batch.add_column(sa.Column("model", sa.String(length=8), nullable=True))
        batch.add_column(sa.Column("highest_score", sa.Integer(), server_default="1", nullable=False))
        batch.add_column(sa.Column("steps", sa.JSON(), nullable=True))
        batch.add_column(sa.Column("se_steps", sa.JSON(), nullable=True))
        batch.add_column(sa.Column("is_accepted", sa.Boolean(), nullable=True))
    with op.batch_alter_table("calibration_item") as batch:
        batch.alter_column("highest_score", server_default=None)
    # Never in a batch: SQLite would make the table anew and lose the triggers that keep the search index.
    op.add_column("item_parameters", sa.Column("model", sa.String(length=8), nullable=True))
    op.add_column("item_parameters", sa.Column("steps", sa.JSON(), nullable=True))
    op.add_column("item_parameters", sa.Column("se_steps", sa.JSON(), nullable=True))


def downgrade() -> None:
    # Location and slope alone would be read as those of an item that is right or wrong.
    op.execute("DELETE FROM item_parameters WHERE model IN ('PCM', 'GPCM', 'GRM')")
    # Earlier versions read another packing of the responses; without them a run can only be looked at.
    op.execute("DELETE FROM calibration_choices")
    for name in ("se_steps", "steps", "model"):
        op.drop_column("item_parameters", name)
    with op.batch_alter_table("calibration_item") as batch:
        for name in ("is_accepted", "se_steps", "steps", "highest_score", "model"):
            batch.drop_column(name)
    with op.batch_alter_table("calibration_choices") as batch:
        batch.alter_column("packed", new_column_name="chosen")
    with op.batch_alter_table("calibration_run") as batch:
        for name in ("data_hash", "source"):
            batch.drop_column(name)
