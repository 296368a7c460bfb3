"""Whatever is done to a real export file, the verifier names the place."""

import json
import zipfile
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exam_engine.evidence.file_format import ATTEMPTS, LOG, MANIFEST, MEMBERS, OPERATIONS, REFUSALS
from exam_engine.evidence.reading import NotAnExportError
from exam_engine.evidence.verification import Verdict, verify_file
from tests.exam_engine.evidence.conftest import ExportedSitting


class Members(dict[str, list[bytes]]):
    """The lines of each member; drawn short where an example is shown."""

    def __repr__(self) -> str:
        return f"<{', '.join(self)}>"

    def __or__(self, changes: dict[str, list[bytes]]) -> "Members":  # type: ignore[override]
        return Members({**self, **changes})


ROWS = (LOG, ATTEMPTS, OPERATIONS, REFUSALS)
# A file is written for each example; the fixtures behind it do not change.
tampering = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@pytest.fixture(scope="session")
def members(exported: ExportedSitting) -> Members:
    with zipfile.ZipFile(exported.file) as archive:
        return Members({name: archive.read(name).splitlines(keepends=True) for name in MEMBERS})


def verdict_of(members: Members, folder: Path) -> Verdict:
    file = folder / "tampered.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for name in MEMBERS:
            archive.writestr(name, b"".join(members[name]))
    return verify_file(file)


def places_of(member: str, line: bytes, index: int) -> set[str]:
    """Return the ways in which the place of a row may be named."""
    row = json.loads(line)
    named = {f"{member}:{index + 1}"}
    if member == LOG:
        named.add(f"log:{row['number']}")
    elif member == ATTEMPTS:
        named |= {f"attempt:{row['attempt']}"} | {f"attempt:{row['attempt']}:{field}" for field in row}
    elif member == OPERATIONS:
        named.add(f"attempt:{row['attempt']}:operation:{row['seq']}")
    else:
        named.add(f"attempt:{row['attempt']}:refusal:{row['number']}")
    return named


def named_in(verdict: Verdict) -> set[str]:
    return {fault.place for fault in verdict.faults}


@st.composite
def places(draw: st.DrawFn) -> tuple[str, float, float]:
    return draw(st.sampled_from(ROWS)), draw(st.floats(0, 1)), draw(st.floats(0, 1))


def index_in(share: float, count: int) -> int:
    return min(count - 1, int(share * count))


def test_the_untouched_file_is_whole(members: Members, exported: ExportedSitting, tmp_path: Path) -> None:
    assert verify_file(exported.file).faults == []
    assert verdict_of(members, tmp_path).faults == []
    assert all(len(members[name]) >= 4 for name in ROWS)


@tampering
@given(places(), st.integers(0, 7))
def test_a_flipped_bit_is_named(members: Members, tmp_path: Path, place: tuple[str, float, float], bit: int) -> None:
    member, row, byte = place
    index = index_in(row, len(members[member]))
    line = bytearray(members[member][index])
    line[index_in(byte, len(line))] ^= 1 << bit
    tampered = members | {member: [*members[member][:index], bytes(line), *members[member][index + 1 :]]}
    verdict = verdict_of(tampered, tmp_path)
    assert named_in(verdict) & places_of(member, members[member][index], index), verdict.faults


@tampering
@given(places())
def test_a_deleted_row_is_named(members: Members, tmp_path: Path, place: tuple[str, float, float]) -> None:
    member, row, _ = place
    index = index_in(row, len(members[member]))
    verdict = verdict_of(members | {member: members[member][:index] + members[member][index + 1 :]}, tmp_path)
    assert named_in(verdict) & places_of(member, members[member][index], index), verdict.faults


@tampering
@given(places())
def test_an_inserted_copy_is_named(members: Members, tmp_path: Path, place: tuple[str, float, float]) -> None:
    member, row, target = place
    copied, at = index_in(row, len(members[member])), index_in(target, len(members[member]) + 1)
    lines = members[member]
    verdict = verdict_of(members | {member: [*lines[:at], lines[copied], *lines[at:]]}, tmp_path)
    assert named_in(verdict) & places_of(member, lines[copied], at), verdict.faults


@tampering
@given(places())
def test_two_swapped_rows_are_named(members: Members, tmp_path: Path, place: tuple[str, float, float]) -> None:
    member, one, other = place
    lines = [*members[member]]
    first, second = index_in(one, len(lines)), index_in(other, len(lines))
    lines[first], lines[second] = lines[second], lines[first]
    verdict = verdict_of(members | {member: lines}, tmp_path)
    if first == second:
        assert verdict.faults == []
    else:
        expected = places_of(member, lines[first], second) | places_of(member, lines[second], first)
        assert named_in(verdict) & expected, verdict.faults


@tampering
@given(st.floats(0, 1), st.integers(0, 7))
def test_a_flipped_bit_in_the_manifest_is_seen(members: Members, tmp_path: Path, share: float, bit: int) -> None:
    content = bytearray(b"".join(members[MANIFEST]))
    content[index_in(share, len(content))] ^= 1 << bit
    if json.dumps(_json(bytes(content))) == json.dumps(_json(b"".join(members[MANIFEST]))):
        # White space between its words says nothing.
        return
    try:
        is_whole = verdict_of(members | {MANIFEST: [bytes(content)]}, tmp_path).is_whole
    except NotAnExportError:
        is_whole = False
    assert not is_whole


def _json(content: bytes) -> object:
    try:
        return json.loads(content)
    except ValueError:
        return None


@tampering
@given(st.floats(0, 1), st.integers(0, 7))
def test_a_flipped_bit_anywhere_in_the_file_never_passes_for_other_content(
    exported: ExportedSitting, members: Members, tmp_path: Path, share: float, bit: int
) -> None:
    content = bytearray(exported.file.read_bytes())
    content[index_in(share, len(content))] ^= 1 << bit
    file = tmp_path / "flipped.zip"
    file.write_bytes(content)
    try:
        verdict = verify_file(file)
    except NotAnExportError:
        return
    if verdict.is_whole:
        with zipfile.ZipFile(file) as archive:
            assert all(archive.read(name) == b"".join(members[name]) for name in MEMBERS)


def test_a_row_changed_with_its_hash_made_to_fit_is_found_by_the_root(
    members: Members, exported: ExportedSitting, tmp_path: Path
) -> None:
    from exam_engine.sitting_log.rows import genesis_hash, row_hash, row_text

    previous, lines = genesis_hash(exported.sitting_id), []
    for content in members[LOG]:
        row = json.loads(content)
        if row["kind"] == "message.sent":
            row["body"] = row["body"].replace("text_sha256", "text_sha255")
        row["hash"] = previous = row_hash(previous, row_text(row["number"], row["kind"], row["at"], row["body"]))
        lines.append(json.dumps(row, ensure_ascii=False).encode() + b"\n")
    verdict = verdict_of(members | {LOG: lines}, tmp_path)
    assert [fault.code for fault in verdict.faults] == ["log_root_differs"]


def test_the_manifest_of_another_sitting_is_told(members: Members, exported: ExportedSitting, tmp_path: Path) -> None:
    nobody = str(UUID(int=0)).encode()
    other = b"".join(members[MANIFEST]).replace(str(exported.sitting_id).encode(), nobody)
    verdict = verdict_of(members | {MANIFEST: [other]}, tmp_path)
    assert {"log_other_sitting", "log_signature_wrong"} <= {fault.code for fault in verdict.faults}


def test_a_file_without_roots_proves_nothing(members: Members, tmp_path: Path) -> None:
    manifest = json.loads(b"".join(members[MANIFEST])) | {"roots": []}
    verdict = verdict_of(members | {MANIFEST: [json.dumps(manifest).encode()]}, tmp_path)
    assert [fault.code for fault in verdict.faults] == ["log_without_root"]


def test_another_root_or_key_on_the_minutes_is_told(exported: ExportedSitting) -> None:
    verdict = verify_file(exported.file, root="0" * 64, public_key="A" * 43 + "=")
    assert {fault.code for fault in verdict.faults} == {"log_root_not_expected", "log_key_not_expected"}
