"""Comments on items, checklists and reviews, and the steps of each item's life."""

import sqlalchemy as sa
from alembic import op

revision = "202611222340"
down_revision = "202611222330"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "item_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=24), nullable=False),
        sa.Column("status_before", sa.String(length=16), nullable=False),
        sa.Column("status_after", sa.String(length=16), nullable=False),
        sa.Column("checklist", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_event_item_id_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_event")),
    )
    op.create_index(op.f("ix_item_event_item_id"), "item_event", ["item_id"])
    op.create_table(
        "item_comment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("item_version_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("author_name", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("struck_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.Uuid(), nullable=True),
        sa.Column("resolved_by_name", sa.String(length=120), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_comment_item_id_item")),
        sa.ForeignKeyConstraint(
            ["item_version_id"], ["item_version.id"], name=op.f("fk_item_comment_item_version_id_item_version")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["item_comment.id"], name=op.f("fk_item_comment_parent_id_item_comment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_comment")),
    )
    for column in ("item_id", "item_version_id", "parent_id"):
        op.create_index(op.f(f"ix_item_comment_{column}"), "item_comment", [column])
    op.create_table(
        "review_checklist",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_by_name", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_review_checklist")),
    )
    op.create_table(
        "item_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("item_version_id", sa.Uuid(), nullable=False),
        sa.Column("checklist_number", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_name", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_review_item_id_item")),
        sa.ForeignKeyConstraint(
            ["item_version_id"], ["item_version.id"], name=op.f("fk_item_review_item_version_id_item_version")
        ),
        sa.ForeignKeyConstraint(
            ["checklist_number"],
            ["review_checklist.number"],
            name=op.f("fk_item_review_checklist_number_review_checklist"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_review")),
    )
    for column in ("item_id", "item_version_id", "reviewer_id"):
        op.create_index(op.f(f"ix_item_review_{column}"), "item_review", [column])


def downgrade() -> None:
    for table in ("item_review", "review_checklist", "item_comment", "item_event"):
        op.drop_table(table)
