"""Every saved statement of a blueprint kept as a version; what is stored today becomes version 1."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "202611222350"
down_revision = "202611222340"
branch_labels = None
depends_on = None


def upgrade() -> None:
    table = op.create_table(
        "blueprint_version",
        sa.Column("blueprint_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("statement", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("origin_blueprint_id", sa.Uuid(), nullable=True),
        sa.Column("origin_number", sa.Integer(), nullable=True),
        sa.Column("saved_by", sa.Uuid(), nullable=False),
        sa.Column("saved_by_name", sa.String(length=120), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["blueprint_id"],
            ["blueprint.id"],
            name=op.f("fk_blueprint_version_blueprint_id_blueprint"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("blueprint_id", "number", name=op.f("pk_blueprint_version")),
    )
    assert table is not None  # noqa: S101 (the type says it may be)
    if rows := _first_versions():
        op.bulk_insert(table, rows)


def _first_versions() -> list[dict[str, Any]]:
    blueprint = sa.table(
        "blueprint",
        sa.column("id", sa.Uuid()),
        sa.column("name", sa.String()),
        sa.column("form_length", sa.Integer()),
        sa.column("duration_minutes", sa.Integer()),
        sa.column("cut_theta", sa.Float()),
        sa.column("demands", sa.JSON()),
        sa.column("changed_by", sa.Uuid()),
        sa.column("changed_by_name", sa.String()),
        sa.column("updated_at", sa.DateTime(timezone=True)),
    )
    cell = sa.table(
        "blueprint_cell",
        sa.column("blueprint_id", sa.Uuid()),
        *(sa.column(name, sa.String()) for name in ("module_code", "cognitive_level")),
        *(sa.column(name, sa.Integer()) for name in ("minimum", "maximum")),
    )
    connection = op.get_bind()
    cells: dict[Any, list[dict[str, Any]]] = {}
    for row in connection.execute(sa.select(cell).order_by(cell.c.module_code, cell.c.cognitive_level)).mappings():
        facts = {name: value for name, value in row.items() if name != "blueprint_id"}
        cells.setdefault(row["blueprint_id"], []).append(facts)
    return [
        {
            "blueprint_id": row["id"],
            "number": 1,
            "statement": {
                **(row["demands"] or {}),
                **{name: row[name] for name in ("name", "form_length", "duration_minutes", "cut_theta")},
                "cells": cells.get(row["id"], []),
            },
            "note": "",
            "origin_blueprint_id": None,
            "origin_number": None,
            "saved_by": row["changed_by"],
            "saved_by_name": row["changed_by_name"],
            "saved_at": row["updated_at"],
        }
        for row in connection.execute(sa.select(blueprint)).mappings()
    ]


def downgrade() -> None:
    op.drop_table("blueprint_version")
