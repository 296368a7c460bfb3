"""The index that the bank is searched by: narrow rows for filters and counts, words for full text, kept by triggers."""

# ruff: noqa: S608 - statements are put together from the names above, never from what is stored
import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "202611222330"
down_revision = "202611222320"
branch_labels = None
depends_on = None

# What the index copies from an item.
COPIED = (
    "code",
    "module_code",
    "section_code",
    "reference_code",
    "cognitive_level",
    "status",
    "interaction",
    "author_id",
    "assignee_id",
    "has_key",
    "stimulus_id",
    "expected_seconds",
    "tag_keys",
    "updated_at",
)
# Combinations of these are few however many items there are; they are counted together.
COUNTED = ("module_code", "cognitive_level", "status", "interaction", "has_key")
PARAMETERS = ("a", "b", "p", "item_rest", "is_simulated")


# Codes stand in the order of their characters, whatever the language of the server.
def _code(length: int) -> sa.String:
    return sa.String(length=length).with_variant(sa.String(length=length, collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("item", sa.Column("tag_keys", sa.Text(), nullable=False, server_default=""))
    _rewrite_texts()
    op.create_table(
        "item_facet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("module_code", sa.String(length=16), nullable=False),
        sa.Column("cognitive_level", sa.String(length=4), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("interaction", sa.String(length=24), nullable=False),
        sa.Column("has_key", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_facet")),
        sa.UniqueConstraint(*COUNTED, name="uq_item_facet_values"),
    )
    op.create_table(
        "item_index",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("facet_id", sa.Integer(), nullable=False),
        sa.Column("code", _code(32), nullable=False),
        sa.Column("code_key", _code(32), nullable=False),
        sa.Column("module_code", _code(16), nullable=False),
        sa.Column("section_code", _code(24), nullable=True),
        sa.Column("reference_code", _code(32), nullable=False),
        sa.Column("cognitive_level", _code(4), nullable=False),
        sa.Column("status", _code(16), nullable=False),
        sa.Column("interaction", _code(24), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("has_key", sa.Boolean(), nullable=False),
        sa.Column("is_published", sa.Boolean(), nullable=False),
        sa.Column("stimulus_id", sa.Uuid(), nullable=True),
        sa.Column("expected_seconds", sa.Integer(), nullable=True),
        sa.Column("tag_keys", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("a", sa.Float(), nullable=True),
        sa.Column("b", sa.Float(), nullable=True),
        sa.Column("p", sa.Float(), nullable=True),
        sa.Column("item_rest", sa.Float(), nullable=True),
        sa.Column("is_simulated", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_index_item_id_item"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_item_index")),
        sa.UniqueConstraint("item_id", name=op.f("uq_item_index_item_id")),
    )
    op.create_index(op.f("ix_item_index_code"), "item_index", ["code"])
    op.create_index(op.f("ix_item_index_code_key"), "item_index", ["code_key"])
    op.create_index(op.f("ix_item_index_facet_id"), "item_index", ["facet_id"])
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("owner_name", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("query", sa.String(length=2000), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("owner_id", "name", name=op.f("uq_saved_view_owner_id_name")),
    )
    statements = SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL
    for statement in statements:
        op.execute(sa.text(statement.replace(":", r"\:")))


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in SQLITE_TRIGGERS:
            op.execute(f"DROP TRIGGER {name}")
    else:
        op.execute("DROP TRIGGER item_index_follow ON item")
        op.execute("DROP TRIGGER item_index_words_follow ON item")
        op.execute("DROP TRIGGER item_index_parameters_follow ON item_parameters")
        for name in ("item_index_follow", "item_index_words_follow", "item_index_parameters_follow", "item_words_of"):
            op.execute(f"DROP FUNCTION {name}")
    op.execute("DROP TABLE item_words")
    op.drop_table("saved_view")
    op.drop_table("item_index")
    op.drop_table("item_facet")
    op.drop_column("item", "tag_keys")


# --- what the index is made of ----------------------------------------------------------------------------------------


def _rewrite_texts() -> None:
    """Cut the folded lines of every item into words; write its tags as they are compared."""
    item = sa.table(
        "item",
        sa.column("id", sa.Uuid()),
        sa.column("search_text", sa.Text()),
        sa.column("tags", sa.JSON()),
        sa.column("tag_keys", sa.Text()),
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(item.c.id, item.c.search_text, item.c.tags)).all():
        lines = row.search_text.split("\n")
        first, rest = _words(" ".join(lines[:2])), _words(" ".join(lines[2:]))
        tags = [
            f"{_folded(tag.replace('|', ' ').replace('=', ' '))}={tag.replace('|', ' ')}" for tag in sorted(row.tags)
        ]
        connection.execute(
            sa.update(item)
            .where(item.c.id == row.id)
            .values(search_text=f"{first}\n{rest}", tag_keys=f"|{'|'.join(tags)}|" if tags else "")
        )


def _folded(text: str) -> str:
    unmarked = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return " ".join(unmarked.replace("đ", "d").replace("Đ", "D").casefold().split())


def _tag_key(tag: str) -> str:
    return _folded(tag.replace("|", " ").replace("=", " "))


def _words(folded: str) -> str:
    found = re.findall(r"[^\W_]+", folded)
    return " ".join(re.sub(r"[^a-z0-9]", lambda c: f"u{ord(c[0]):x}", word)[:64] for word in found)


def _set(names: tuple[str, ...], row: str) -> str:
    return ", ".join(f"{name} = {row}.{name}" for name in names)


def _facet(row: str) -> str:
    same = " AND ".join(f"known.{name} = {row}.{name}" for name in COUNTED)
    return f"(SELECT known.id FROM item_facet AS known WHERE {same})"


_COLUMNS = f"item_id, code_key, is_published, facet_id, {', '.join(COPIED)}"
_VALUES = "{row}.id, lower({row}.code), {row}.first_published_at IS NOT NULL, {facet}, {copied}"


def _values(row: str) -> str:
    return _VALUES.format(row=row, facet=_facet(row), copied=", ".join(f"{row}.{name}" for name in COPIED))


_INSERT = f"INSERT INTO item_index ({_COLUMNS}) VALUES ({_values('NEW')})"
_UPDATE = (
    f"UPDATE item_index SET {_set(COPIED, 'NEW')}, code_key = lower(NEW.code), facet_id = {_facet('NEW')}, "
    "is_published = NEW.first_published_at IS NOT NULL WHERE item_id = NEW.id"
)
_ADD_FACET = (
    f"INSERT INTO item_facet ({', '.join(COUNTED)}) SELECT {', '.join(f'NEW.{name}' for name in COUNTED)} "
    f"WHERE NOT EXISTS {_facet('NEW')}"
)
_FILL_FACETS = f"INSERT INTO item_facet ({', '.join(COUNTED)}) SELECT DISTINCT {', '.join(COUNTED)} FROM item"
_FILL = f"INSERT INTO item_index ({_COLUMNS}) SELECT {_values('item')} FROM item ORDER BY item.code"
_NULLS = ", ".join(f"{name} = NULL" for name in PARAMETERS)
_WATCHED = ", ".join((*COPIED, "first_published_at"))

# The full-text table keeps no texts of its own: to take a row out it must be told what was put in.
_FIRST_LINE = "substr({row}.search_text, 1, instr({row}.search_text || char(10), char(10)) - 1)"
_NUMBER = "(SELECT number FROM item_index WHERE item_id = {row}.id)"
_WORDS_IN = (
    f"INSERT INTO item_words (rowid, stem, words) VALUES ({_NUMBER}, {_FIRST_LINE}, {{row}}.search_text)"
).format(row="NEW")
_WORDS_OUT = (
    "INSERT INTO item_words (item_words, rowid, stem, words) "
    f"VALUES ('delete', {_NUMBER}, {_FIRST_LINE}, {{row}}.search_text)"
).format(row="OLD")

SQLITE_TRIGGERS = {
    "item_index_inserted": f"AFTER INSERT ON item BEGIN {_ADD_FACET}; {_INSERT}; {_WORDS_IN}; END",
    "item_index_updated": f"AFTER UPDATE OF {_WATCHED} ON item BEGIN {_ADD_FACET}; {_UPDATE}; END",
    "item_words_updated": (
        "AFTER UPDATE OF search_text ON item WHEN OLD.search_text <> NEW.search_text "
        f"BEGIN {_WORDS_OUT}; {_WORDS_IN}; END"
    ),
    "item_index_deleted": (
        f"BEFORE DELETE ON item BEGIN {_WORDS_OUT}; DELETE FROM item_index WHERE item_id = OLD.id; END"
    ),
    "item_index_parameters_inserted": (
        f"AFTER INSERT ON item_parameters BEGIN UPDATE item_index SET {_set(PARAMETERS, 'NEW')} "
        "WHERE item_id = NEW.item_id; END"
    ),
    "item_index_parameters_updated": (
        f"AFTER UPDATE ON item_parameters BEGIN UPDATE item_index SET {_set(PARAMETERS, 'NEW')} "
        "WHERE item_id = NEW.item_id; END"
    ),
    "item_index_parameters_deleted": (
        f"AFTER DELETE ON item_parameters BEGIN UPDATE item_index SET {_NULLS} WHERE item_id = OLD.item_id; END"
    ),
}

_FILL_PARAMETERS = (
    "UPDATE item_index SET "
    + ", ".join(
        f"{name} = (SELECT {name} FROM item_parameters AS known WHERE known.item_id = item_index.item_id)"
        for name in PARAMETERS
    )
    + " WHERE item_id IN (SELECT item_id FROM item_parameters)"
)

SQLITE = (
    "CREATE VIRTUAL TABLE item_words USING fts5(stem, words, content='', prefix='1 2 3', "
    "tokenize='unicode61 remove_diacritics 0')",
    _FILL_FACETS,
    _FILL,
    _FILL_PARAMETERS,
    "INSERT INTO item_words (rowid, stem, words) SELECT number, "
    + _FIRST_LINE.format(row="item")
    + ", search_text FROM item JOIN item_index ON item_index.item_id = item.id",
    *(f"CREATE TRIGGER {name} {body}" for name, body in SQLITE_TRIGGERS.items()),
)

POSTGRESQL = (
    "CREATE TABLE item_words (number INTEGER CONSTRAINT pk_item_words PRIMARY KEY "
    "CONSTRAINT fk_item_words_number_item_index REFERENCES item_index (number) ON DELETE CASCADE, "
    "stem tsvector NOT NULL, words tsvector NOT NULL)",
    # Words with their places as they are: the server's own parser would take some for numbers or addresses.
    """
    CREATE FUNCTION item_words_of(text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT coalesce(string_agg(quote_literal(word) || ':' || least(place, 16383), ' '), '')::tsvector
        FROM unnest(regexp_split_to_array(trim(regexp_replace(lower($1), '[^a-z0-9]+', ' ', 'g')), ' '))
            WITH ORDINALITY AS cut (word, place)
        WHERE word <> ''
    $$
    """,
    _FILL_FACETS,
    _FILL,
    _FILL_PARAMETERS,
    "INSERT INTO item_words (number, stem, words) SELECT number, item_words_of(split_part(search_text, chr(10), 1)), "
    "item_words_of(search_text) FROM item JOIN item_index ON item_index.item_id = item.id",
    "CREATE INDEX ix_item_words_stem ON item_words USING gin (stem)",
    "CREATE INDEX ix_item_words_words ON item_words USING gin (words)",
    f"""
    CREATE FUNCTION item_index_follow() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        {_ADD_FACET} ON CONFLICT DO NOTHING;
        IF TG_OP = 'INSERT' THEN
            {_INSERT};
        ELSE
            {_UPDATE};
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE FUNCTION item_index_words_follow() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' OR OLD.search_text <> NEW.search_text THEN
            INSERT INTO item_words (number, stem, words)
            SELECT number, item_words_of(split_part(NEW.search_text, chr(10), 1)), item_words_of(NEW.search_text)
            FROM item_index WHERE item_id = NEW.id
            ON CONFLICT (number) DO UPDATE SET stem = excluded.stem, words = excluded.words;
        END IF;
        RETURN NULL;
    END $$
    """,
    f"""
    CREATE FUNCTION item_index_parameters_follow() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            UPDATE item_index SET {_NULLS} WHERE item_id = OLD.item_id;
        ELSE
            UPDATE item_index SET {_set(PARAMETERS, "NEW")} WHERE item_id = NEW.item_id;
        END IF;
        RETURN NULL;
    END $$
    """,
    f"CREATE TRIGGER item_index_follow AFTER INSERT OR UPDATE OF {_WATCHED} ON item "
    "FOR EACH ROW EXECUTE FUNCTION item_index_follow()",
    # Triggers fire in the order of their names: the row of the index is there when its words come.
    "CREATE TRIGGER item_index_words_follow AFTER INSERT OR UPDATE OF search_text ON item "
    "FOR EACH ROW EXECUTE FUNCTION item_index_words_follow()",
    "CREATE TRIGGER item_index_parameters_follow AFTER INSERT OR UPDATE OR DELETE ON item_parameters "
    "FOR EACH ROW EXECUTE FUNCTION item_index_parameters_follow()",
)
