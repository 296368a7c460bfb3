"""Items of every kind of interaction: whole keys, metadata, stimuli, enemies, the second person for keys too."""

import hashlib
import html
import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "202611222300"
down_revision = "202611222200"
branch_labels = None
depends_on = None

_ALL_OR_NOTHING = {"rule": "all_or_nothing"}


def upgrade() -> None:
    op.create_table(
        "stimulus",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stimulus")),
        sa.UniqueConstraint("code", name=op.f("uq_stimulus_code")),
    )
    op.create_table(
        "stimulus_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stimulus_id", sa.Uuid(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("author_name", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["stimulus_id"], ["stimulus.id"], name=op.f("fk_stimulus_version_stimulus_id_stimulus")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stimulus_version")),
        sa.UniqueConstraint(
            "stimulus_id", "version_number", name=op.f("uq_stimulus_version_stimulus_id_version_number")
        ),
    )
    op.create_index(op.f("ix_stimulus_version_stimulus_id"), "stimulus_version", ["stimulus_id"])
    op.create_table(
        "item_enemy",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("enemy_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("created_by_name", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("item_id <> enemy_id", name=op.f("ck_item_enemy_two_items")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_enemy_item_id_item")),
        sa.ForeignKeyConstraint(["enemy_id"], ["item.id"], name=op.f("fk_item_enemy_enemy_id_item")),
        sa.PrimaryKeyConstraint("item_id", "enemy_id", name=op.f("pk_item_enemy")),
    )
    op.create_index(op.f("ix_item_enemy_enemy_id"), "item_enemy", ["enemy_id"])
    _extend_items()
    _extend_versions()
    _extend_approvals()
    _whole_keys()


def _extend_items() -> None:
    with op.batch_alter_table("item") as table:
        table.add_column(sa.Column("interaction", sa.String(length=24), nullable=False, server_default="single_choice"))
        table.add_column(sa.Column("language", sa.String(length=16), nullable=False, server_default="vi"))
        table.add_column(sa.Column("expected_seconds", sa.Integer(), nullable=True))
        table.add_column(sa.Column("tags", sa.JSON(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("stimulus_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("has_key", sa.Boolean(), nullable=False, server_default=sa.true()))
        table.add_column(sa.Column("assignee_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("assignee_name", sa.String(length=120), nullable=False, server_default=""))
        table.add_column(sa.Column("supersedes_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("first_published_at", sa.DateTime(timezone=True), nullable=True))
        table.create_foreign_key(op.f("fk_item_stimulus_id_stimulus"), "stimulus", ["stimulus_id"], ["id"])
        table.create_foreign_key(op.f("fk_item_supersedes_id_item"), "item", ["supersedes_id"], ["id"])
    with op.batch_alter_table("item") as table:
        for name in ("interaction", "language", "tags", "has_key", "assignee_name"):
            table.alter_column(name, server_default=None)
        for name in ("interaction", "author_id", "assignee_id", "stimulus_id"):
            table.create_index(op.f(f"ix_item_{name}"), [name])
    item = sa.table("item", sa.column("id", sa.Uuid()), sa.column("status"), sa.column("first_published_at"))
    version = sa.table("item_version", sa.column("id", sa.Uuid()), sa.column("item_id", sa.Uuid()))
    in_form = sa.table("form_item", sa.column("form_id", sa.Uuid()), sa.column("item_version_id", sa.Uuid()))
    form = sa.table("form", sa.column("id", sa.Uuid()), sa.column("published_at", sa.DateTime(timezone=True)))
    published = (
        sa.select(sa.func.min(form.c.published_at))
        .select_from(
            version.join(in_form, in_form.c.item_version_id == version.c.id).join(form, form.c.id == in_form.c.form_id)
        )
        .where(version.c.item_id == item.c.id)
        .scalar_subquery()
    )
    op.execute(sa.update(item).values(first_published_at=published))
    calibrated = sa.select(sa.table("item_parameters", sa.column("item_id", sa.Uuid())).c.item_id)
    op.execute(
        sa.update(item).where(item.c.status == "approved", item.c.id.in_(calibrated)).values(status="operational")
    )


def _extend_versions() -> None:
    with op.batch_alter_table("item_version") as table:
        table.add_column(sa.Column("expected_seconds", sa.Integer(), nullable=True))
        table.add_column(sa.Column("source", sa.String(length=500), nullable=False, server_default=""))
        table.add_column(sa.Column("tags", sa.JSON(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("stimulus_version_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("key_author_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("note", sa.String(length=500), nullable=False, server_default=""))
        table.create_foreign_key(
            op.f("fk_item_version_stimulus_version_id_stimulus_version"),
            "stimulus_version",
            ["stimulus_version_id"],
            ["id"],
        )
    version = sa.table(
        "item_version",
        sa.column("id", sa.Uuid()),
        sa.column("author_id", sa.Uuid()),
        sa.column("key_author_id", sa.Uuid()),
        sa.column("content", sa.JSON()),
        sa.column("content_hash"),
    )
    op.execute(sa.update(version).values(key_author_id=version.c.author_id))
    connection = op.get_bind()
    for row in connection.execute(sa.select(version.c.id, version.c.content)).all():
        content = _content_upgraded(row.content)
        connection.execute(
            sa.update(version)
            .where(version.c.id == row.id)
            .values(content=content, content_hash=_content_hash(content))
        )
    with op.batch_alter_table("item_version") as table:
        table.alter_column("key_author_id", existing_type=sa.Uuid(), nullable=False)
        for name in ("source", "tags", "note"):
            table.alter_column(name, server_default=None)
        table.create_index(op.f("ix_item_version_stimulus_version_id"), ["stimulus_version_id"])


def _content_upgraded(content: dict[str, Any]) -> dict[str, Any]:
    options = [
        {"id": option["id"], "content": _plain_quotes(option["html"]), "is_fixed": False}
        for option in content["options"]
    ]
    return {
        "language": "vi",
        "stem": _plain_quotes(content["stem"]),
        "interaction": "single_choice",
        "options": options,
        "is_shuffled": True,
    }


def _plain_quotes(markup: str) -> str:
    # Canonical HTML leaves quotation marks in texts as they are.
    return markup.replace("&quot;", '"').replace("&#x27;", "'")


def _content_downgraded(content: dict[str, Any]) -> dict[str, Any]:
    options = [{"id": option["id"], "html": option["content"]} for option in content["options"]]
    return {"interaction": "single_choice", "stem": content["stem"], "options": options}


def _content_hash(content: dict[str, Any]) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _extend_approvals() -> None:
    with op.batch_alter_table("item_approval") as table:
        table.add_column(sa.Column("key_author_id", sa.Uuid(), nullable=True))
    approval = sa.table("item_approval", sa.column("author_id", sa.Uuid()), sa.column("key_author_id", sa.Uuid()))
    op.execute(sa.update(approval).values(key_author_id=approval.c.author_id))
    with op.batch_alter_table("item_approval") as table:
        table.alter_column("key_author_id", existing_type=sa.Uuid(), nullable=False)
        table.create_check_constraint("second_person_for_key", "approved_by <> key_author_id")


def _whole_keys() -> None:
    with op.batch_alter_table("bank_key") as table:
        table.add_column(sa.Column("key", sa.JSON(), nullable=True))
    with op.batch_alter_table("form_key") as table:
        table.add_column(sa.Column("key", sa.JSON(), nullable=True))
    connection = op.get_bind()
    bank = sa.table(
        "bank_key",
        sa.column("item_version_id", sa.Uuid()),
        sa.column("correct", sa.JSON()),
        sa.column("key", sa.JSON()),
        sa.column("explanation"),
    )
    for row in connection.execute(sa.select(bank.c.item_version_id, bank.c.correct, bank.c.explanation)).all():
        text = html.escape(row.explanation, quote=False).replace("\n", "<br>")
        connection.execute(
            sa.update(bank)
            .where(bank.c.item_version_id == row.item_version_id)
            .values(key=_choice_key(row.correct), explanation=text)
        )
    form = sa.table(
        "form_key",
        sa.column("form_id", sa.Uuid()),
        sa.column("ref"),
        sa.column("correct", sa.JSON()),
        sa.column("key", sa.JSON()),
    )
    for row in connection.execute(sa.select(form.c.form_id, form.c.ref, form.c.correct)).all():
        place = (form.c.form_id == row.form_id) & (form.c.ref == row.ref)
        connection.execute(sa.update(form).where(place).values(key=_choice_key(row.correct)))
    with op.batch_alter_table("bank_key") as table:
        table.drop_column("correct")
    with op.batch_alter_table("form_key") as table:
        table.alter_column("key", existing_type=sa.JSON(), nullable=False)
        table.drop_column("correct")
        table.drop_column("interaction")


def _choice_key(correct: list[str]) -> dict[str, Any]:
    return {"form": "choice", "correct": correct, "scoring": _ALL_OR_NOTHING}


def downgrade() -> None:
    connection = op.get_bind()
    with op.batch_alter_table("form_key") as table:
        table.add_column(sa.Column("correct", sa.JSON(), nullable=True))
        table.add_column(sa.Column("interaction", sa.String(length=32), nullable=False, server_default="single_choice"))
    with op.batch_alter_table("bank_key") as table:
        table.add_column(sa.Column("correct", sa.JSON(), nullable=True))
    bank = sa.table(
        "bank_key",
        sa.column("item_version_id", sa.Uuid()),
        sa.column("correct", sa.JSON()),
        sa.column("key", sa.JSON()),
        sa.column("explanation"),
    )
    for row in connection.execute(sa.select(bank.c.item_version_id, bank.c.key, bank.c.explanation)).all():
        connection.execute(
            sa.update(bank)
            .where(bank.c.item_version_id == row.item_version_id)
            .values(correct=row.key["correct"], explanation=html.unescape(row.explanation.replace("<br>", "\n")))
        )
    form = sa.table(
        "form_key",
        sa.column("form_id", sa.Uuid()),
        sa.column("ref"),
        sa.column("correct", sa.JSON()),
        sa.column("key", sa.JSON()),
    )
    for row in connection.execute(sa.select(form.c.form_id, form.c.ref, form.c.key)).all():
        place = (form.c.form_id == row.form_id) & (form.c.ref == row.ref)
        connection.execute(sa.update(form).where(place).values(correct=row.key["correct"]))
    for name in ("bank_key", "form_key"):
        with op.batch_alter_table(name) as table:
            table.alter_column("correct", existing_type=sa.JSON(), nullable=False)
            table.drop_column("key")
    with op.batch_alter_table("form_key") as table:
        table.alter_column("interaction", server_default=None)
    with op.batch_alter_table("item_approval") as table:
        table.drop_constraint(op.f("ck_item_approval_second_person_for_key"), type_="check")
        table.drop_column("key_author_id")
    version = sa.table(
        "item_version", sa.column("id", sa.Uuid()), sa.column("content", sa.JSON()), sa.column("content_hash")
    )
    for row in connection.execute(sa.select(version.c.id, version.c.content)).all():
        content = _content_downgraded(row.content)
        connection.execute(
            sa.update(version)
            .where(version.c.id == row.id)
            .values(content=content, content_hash=_content_hash(content))
        )
    with op.batch_alter_table("item_version") as table:
        table.drop_index(op.f("ix_item_version_stimulus_version_id"))
        table.drop_constraint(op.f("fk_item_version_stimulus_version_id_stimulus_version"), type_="foreignkey")
        for name in ("expected_seconds", "source", "tags", "stimulus_version_id", "key_author_id", "note"):
            table.drop_column(name)
    item = sa.table("item", sa.column("status"))
    op.execute(sa.update(item).where(item.c.status.in_(("pretest", "operational"))).values(status="approved"))
    op.execute(
        sa.update(item)
        .where(item.c.status.in_(("in_review", "returned", "revised", "suspended")))
        .values(status="draft")
    )
    with op.batch_alter_table("item") as table:
        for name in ("interaction", "author_id", "assignee_id", "stimulus_id"):
            table.drop_index(op.f(f"ix_item_{name}"))
        table.drop_constraint(op.f("fk_item_stimulus_id_stimulus"), type_="foreignkey")
        table.drop_constraint(op.f("fk_item_supersedes_id_item"), type_="foreignkey")
        for name in (
            "interaction",
            "language",
            "expected_seconds",
            "tags",
            "stimulus_id",
            "has_key",
            "assignee_id",
            "assignee_name",
            "supersedes_id",
            "first_published_at",
        ):
            table.drop_column(name)
    for name in ("item_enemy", "stimulus_version", "stimulus"):
        op.drop_table(name)
