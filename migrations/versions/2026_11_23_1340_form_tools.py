"""Which tools a form allows beside its questions."""

import sqlalchemy as sa
from alembic import op

revision = "202611231340"
down_revision = "202611231330"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Forms published before name no tool: each is then as it is by default.
    op.add_column("form", sa.Column("tools", sa.JSON(), server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("form", "tools")
