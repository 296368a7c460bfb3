"""Damage anywhere in a file ends in blocks or in a refusal, never in another error."""

import io
import zipfile
from contextlib import suppress
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from item_bank.exchange.word.document import open_word
from item_bank.exchange.word.errors import InvalidWordFileError
from tests.item_bank.exchange.word.word_files import archive

CONTENT = (Path(__file__).parent / "files" / "auto_numbered.docx").read_bytes()
with zipfile.ZipFile(io.BytesIO(CONTENT)) as _packed:
    PARTS = {name: _packed.read(name) for name in _packed.namelist()}
TEXTS = sorted(name for name in PARTS if name.endswith((".xml", ".rels")))
PIECES = [b"", b"9", b"-1", b"99999999999999999999", b'"', b"x", b"<", b"&", b"\xff", b"w:p", b"%1"]


def read_through(content: bytes) -> None:
    with suppress(InvalidWordFileError):
        document = open_word(content)
        assert all(block.text is not None for block in document.blocks())
        assert all(note.place for note in document.notes)


@given(st.lists(st.tuples(st.integers(0, len(CONTENT) - 1), st.integers(0, 255)), min_size=1, max_size=20))
def test_bytes_changed_in_the_archive(changes: list[tuple[int, int]]) -> None:
    changed = bytearray(CONTENT)
    for position, value in changes:
        changed[position] = value
    read_through(bytes(changed))


@given(
    st.sampled_from(TEXTS),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), st.sampled_from(PIECES)), min_size=1, max_size=4),
)
def test_pieces_replaced_inside_a_part(name: str, changes: list[tuple[float, int, bytes]]) -> None:
    changed = bytearray(PARTS[name])
    for where, length, piece in changes:
        position = int(where * len(changed))
        changed[position : position + length] = piece
    read_through(archive({**PARTS, name: bytes(changed)}))
