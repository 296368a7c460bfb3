"""The syllabus as a board edits it: topics and can-do statements, sources, dates, successors, counted changes."""

import sqlalchemy as sa
from alembic import op

revision = "202611222200"
down_revision = "202611222100"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("framework") as batch_op:
        batch_op.add_column(sa.Column("source", sa.String(length=32), nullable=False, server_default="to_be_checked"))
        batch_op.add_column(sa.Column("source_note", sa.String(length=300), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("position", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("syllabus_module") as batch_op:
        batch_op.alter_column("standard_level", existing_type=sa.String(length=16), nullable=True)
        # The names of all modules that were shipped before follow published outlines.
        batch_op.add_column(
            sa.Column("source", sa.String(length=32), nullable=False, server_default="published_outline")
        )
        batch_op.add_column(sa.Column("source_note", sa.String(length=300), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("valid_from", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("valid_to", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("replaced_by", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("syllabus_section") as batch_op:
        batch_op.alter_column(
            "code", existing_type=sa.String(length=24), type_=sa.String(length=32), existing_nullable=False
        )
        batch_op.alter_column(
            "name", existing_type=sa.String(length=300), type_=sa.String(length=500), existing_nullable=False
        )
        batch_op.add_column(sa.Column("parent_code", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("depth", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("name_en", sa.String(length=500), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("source_note", sa.String(length=300), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("valid_from", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("valid_to", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("replaced_by", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
        batch_op.create_foreign_key(
            batch_op.f("fk_syllabus_section_parent_code_syllabus_section"),
            "syllabus_section",
            ["parent_code"],
            ["code"],
        )
        batch_op.create_index(batch_op.f("ix_syllabus_section_parent_code"), ["parent_code"])
    for table, columns in _DEFAULTED.items():
        # The values of new rows come from the program; only the rows that were there needed some.
        with op.batch_alter_table(table) as batch_op:
            for column, kind in columns:
                batch_op.alter_column(column, existing_type=kind, existing_nullable=False, server_default=None)


_DEFAULTED: dict[str, list[tuple[str, sa.types.TypeEngine[object]]]] = {
    "framework": [
        ("source", sa.String(length=32)),
        ("source_note", sa.String(length=300)),
        ("position", sa.Integer()),
        ("revision", sa.Integer()),
    ],
    "syllabus_module": [
        ("source", sa.String(length=32)),
        ("source_note", sa.String(length=300)),
        ("revision", sa.Integer()),
    ],
    "syllabus_section": [
        ("depth", sa.Integer()),
        ("name_en", sa.String(length=500)),
        ("source_note", sa.String(length=300)),
        ("revision", sa.Integer()),
    ],
}


def downgrade() -> None:
    # What the older program cannot hold goes: parts below sections, and modules without a level with their framework.
    op.execute("DELETE FROM syllabus_section WHERE depth > 1")
    op.execute(
        "DELETE FROM syllabus_section WHERE module_code IN"
        " (SELECT code FROM syllabus_module WHERE standard_level IS NULL)"
    )
    op.execute("DELETE FROM syllabus_module WHERE standard_level IS NULL")
    with op.batch_alter_table("syllabus_section") as batch_op:
        batch_op.drop_index(batch_op.f("ix_syllabus_section_parent_code"))
        batch_op.drop_constraint(batch_op.f("fk_syllabus_section_parent_code_syllabus_section"), type_="foreignkey")
        for column in (
            "revision",
            "replaced_by",
            "valid_to",
            "valid_from",
            "source_note",
            "name_en",
            "depth",
            "parent_code",
        ):
            batch_op.drop_column(column)
        batch_op.alter_column(
            "name", existing_type=sa.String(length=500), type_=sa.String(length=300), existing_nullable=False
        )
        batch_op.alter_column(
            "code", existing_type=sa.String(length=32), type_=sa.String(length=24), existing_nullable=False
        )
    with op.batch_alter_table("syllabus_module") as batch_op:
        for column in ("revision", "replaced_by", "valid_to", "valid_from", "source_note", "source"):
            batch_op.drop_column(column)
        batch_op.alter_column("standard_level", existing_type=sa.String(length=16), nullable=False)
    with op.batch_alter_table("framework") as batch_op:
        for column in ("revision", "position", "source_note", "source"):
            batch_op.drop_column(column)
