"""Rows of imports keep the metadata that their item gets, not the whole draft: the rest is what the file says."""

import sqlalchemy as sa
from alembic import op

revision = "202611230600"
down_revision = "202611222355"
branch_labels = None
depends_on = None


_KEEP = {
    "sqlite": "UPDATE item_import_row SET final_metadata = json_extract(draft, '$.metadata') WHERE draft IS NOT NULL",
    "postgresql": "UPDATE item_import_row SET final_metadata = draft -> 'metadata' WHERE draft IS NOT NULL",
}
# Of a draft, only its metadata is ever read.
_RESTORE = {
    "sqlite": "UPDATE item_import_row SET draft = json_object('metadata', json(final_metadata))"
    " WHERE final_metadata IS NOT NULL",
    "postgresql": "UPDATE item_import_row SET draft = json_build_object('metadata', final_metadata)"
    " WHERE final_metadata IS NOT NULL",
}


def upgrade() -> None:
    op.add_column("item_import_row", sa.Column("final_metadata", sa.JSON(none_as_null=True), nullable=True))
    op.execute(_KEEP[op.get_bind().dialect.name])
    op.drop_column("item_import_row", "draft")


def downgrade() -> None:
    op.add_column("item_import_row", sa.Column("draft", sa.JSON(none_as_null=True), nullable=True))
    op.execute(_RESTORE[op.get_bind().dialect.name])
    op.drop_column("item_import_row", "final_metadata")
