"""How many items a form shows on one page."""

import sqlalchemy as sa
from alembic import op

revision = "202611240100"
down_revision = "202611240300"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Forms published before show one item at a time.
    op.add_column("form", sa.Column("items_per_page", sa.Integer(), server_default="1", nullable=False))


def downgrade() -> None:
    op.drop_column("form", "items_per_page")
