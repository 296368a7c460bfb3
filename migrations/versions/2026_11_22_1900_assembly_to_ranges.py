"""Blueprints state ranges; assemblies keep options, edits, approval and exposure; items know their words."""

import html
import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "202611221900"
down_revision = "202611221400"
branch_labels = None
depends_on = None

# Forms were made as informative as possible at the cut score alone, within a tolerance there and one logit aside.
_OBJECTIVE = {"kind": "maximin", "offset": 0.0}
_OFFSET = 1.0


def _words(content: dict[str, Any]) -> int:
    texts = [content["stem"], *(option["html"] for option in content["options"])]
    return sum(len(html.unescape(text.replace("<br>", "\n")).split()) for text in texts)


def _json(value: Any) -> Any:
    """Return a JSON column's value, which comes as text or parsed, as the database has it."""
    return json.loads(value) if isinstance(value, str) else value


def upgrade() -> None:
    connection = op.get_bind()
    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("word_count", sa.Integer(), nullable=False, server_default="0"))
    current = connection.execute(
        sa.text(
            "SELECT item.id, item_version.content FROM item JOIN item_version"
            " ON item_version.item_id = item.id AND item_version.version_number = item.version_number"
        )
    ).all()
    for item_id, content in current:
        connection.execute(
            sa.text("UPDATE item SET word_count = :words WHERE id = :id"),
            {"words": _words(_json(content)), "id": item_id},
        )

    demands = json.dumps({"objective": _OBJECTIVE, "closeness": {"tolerance": 0.05, "offset": _OFFSET}})
    with op.batch_alter_table("blueprint", schema=None) as batch_op:
        batch_op.add_column(sa.Column("demands", sa.JSON(), nullable=False, server_default=demands))
    with op.batch_alter_table("blueprint", schema=None) as batch_op:
        batch_op.alter_column("demands", server_default=None)
    with op.batch_alter_table("blueprint_cell", schema=None) as batch_op:
        batch_op.alter_column("count", new_column_name="minimum")
        batch_op.add_column(sa.Column("maximum", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE blueprint_cell SET maximum = minimum")
    with op.batch_alter_table("blueprint_cell", schema=None) as batch_op:
        batch_op.alter_column("maximum", server_default=None)

    with op.batch_alter_table("assembly", schema=None) as batch_op:
        batch_op.add_column(sa.Column("options", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("recent_forms", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("engine", sa.String(length=24), nullable=True))
        batch_op.add_column(sa.Column("stop_reason", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("repairs", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("violations", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("approved_by", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("approved_by_name", sa.String(length=120), nullable=True))
        batch_op.add_column(sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True))
    made = connection.execute(sa.text("SELECT id, blueprint, form_count, seed, tolerance FROM assembly")).all()
    for assembly_id, stated, form_count, seed, tolerance in made:
        blueprint = _json(stated)
        blueprint["cells"] = [
            {**{name: value for name, value in cell.items() if name != "count"}, **_exactly(cell["count"])}
            for cell in blueprint["cells"]
        ]
        blueprint.pop("id", None)
        blueprint |= {"objective": _OBJECTIVE, "closeness": {"tolerance": tolerance, "offset": _OFFSET}}
        connection.execute(
            sa.text("UPDATE assembly SET blueprint = :blueprint, options = :options WHERE id = :id"),
            {
                "blueprint": json.dumps(blueprint),
                "options": json.dumps({"form_count": form_count, "seed": seed}),
                "id": assembly_id,
            },
        )
    with op.batch_alter_table("assembly", schema=None) as batch_op:
        batch_op.drop_column("tolerance")

    with op.batch_alter_table("assembled_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("words", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("is_locked", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("exposure", sa.JSON(), nullable=False, server_default="{}"))
    op.execute("UPDATE assembled_item SET words = (SELECT word_count FROM item WHERE item.id = assembled_item.item_id)")
    op.create_table(
        "assembly_edit",
        sa.Column("assembly_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("form_number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("old_item_id", sa.Uuid(), nullable=False),
        sa.Column("new_item_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("violations", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("edited_by", sa.Uuid(), nullable=False),
        sa.Column("edited_by_name", sa.String(length=120), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["assembly_id"], ["assembly.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["new_item_id"], ["item.id"]),
        sa.ForeignKeyConstraint(["old_item_id"], ["item.id"]),
        sa.PrimaryKeyConstraint("assembly_id", "number"),
    )


def _exactly(count: int) -> dict[str, int]:
    return {"minimum": count, "maximum": count}


def downgrade() -> None:
    # A count cannot tell a range; what is left of one is its minimum.
    op.drop_table("assembly_edit")
    with op.batch_alter_table("assembled_item", schema=None) as batch_op:
        batch_op.drop_column("exposure")
        batch_op.drop_column("is_locked")
        batch_op.drop_column("words")
    connection = op.get_bind()
    with op.batch_alter_table("assembly", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tolerance", sa.Float(), nullable=False, server_default="0.05"))
        for name in (
            "approved_at",
            "approved_by_name",
            "approved_by",
            "violations",
            "repairs",
            "stop_reason",
            "engine",
            "revision",
            "recent_forms",
            "options",
        ):
            batch_op.drop_column(name)
    for assembly_id, blueprint_id, stated in connection.execute(
        sa.text("SELECT id, blueprint_id, blueprint FROM assembly")
    ).all():
        blueprint = {"id": str(blueprint_id), **_json(stated)}
        for cell in blueprint["cells"]:
            cell["count"] = cell.pop("minimum")
            del cell["maximum"]
        connection.execute(
            sa.text("UPDATE assembly SET blueprint = :blueprint WHERE id = :id"),
            {"blueprint": json.dumps(blueprint), "id": assembly_id},
        )
    with op.batch_alter_table("blueprint_cell", schema=None) as batch_op:
        batch_op.drop_column("maximum")
        batch_op.alter_column("minimum", new_column_name="count")
    with op.batch_alter_table("blueprint", schema=None) as batch_op:
        batch_op.drop_column("demands")
    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.drop_column("word_count")
