"""Files made to harm the verifier: refused, or named, within bounds of time and memory."""

import json
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from exam_engine.evidence import reading, verification
from exam_engine.evidence.file_format import LOG, MANIFEST, MEMBERS, OPERATIONS
from exam_engine.evidence.reading import NotAnExportError
from exam_engine.evidence.verification import verify_file
from tests.exam_engine.evidence.conftest import ExportedSitting


@pytest.fixture
def rewritten(exported: ExportedSitting, tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes the exported file with other contents of some members, or more members."""

    def write(changes: dict[str, bytes], *, also: tuple[str, ...] = (), method: int = zipfile.ZIP_DEFLATED) -> Path:
        file = tmp_path / "hostile.zip"
        with zipfile.ZipFile(exported.file) as source, zipfile.ZipFile(file, "w", method) as target:
            for name in MEMBERS:
                target.writestr(name, changes.get(name, source.read(name)))
            for name in also:
                target.writestr(name, b"x")
        return file

    return write


def refusal(file: Path) -> str:
    with pytest.raises(NotAnExportError) as refused:
        verify_file(file)
    return refused.value.code


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip at all" * 10, b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "no.zip"
    file.write_bytes(content)
    assert refusal(file) in {"log_file_no_zip", "log_file_members"}


@pytest.mark.parametrize("also", [("../../etc/passwd",), ("/etc/passwd",), ("log.jsonl/",), ("more.json",)])
def test_other_members_are_refused_and_nothing_is_unpacked(
    rewritten: Callable[..., Path], also: tuple[str, ...]
) -> None:
    assert refusal(rewritten({}, also=also)) == "log_file_members"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_that_comes_twice_is_refused(rewritten: Callable[..., Path]) -> None:
    assert refusal(rewritten({}, also=(LOG,))) == "log_file_members"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_of_packing_are_refused(rewritten: Callable[..., Path], method: int) -> None:
    assert refusal(rewritten({}, method=method)) == "log_file_packed_otherwise"


def test_a_huge_directory_is_refused_before_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "many.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(500):
            archive.writestr(f"{number}.txt", b"")
    assert refusal(file) == "log_file_no_zip"
    # The same, told only in the record for large archives.
    content = file.read_bytes()
    locator = b"PK\x06\x07" + struct.pack("<LQL", 0, len(content), 1)
    record = b"PK\x06\x06" + struct.pack("<QHHLLQQQQ", 44, 45, 45, 0, 0, 1, 1, 2**40, 0)
    end = b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, 1, 1, 10, 0xFFFFFFFF, 0)
    file.write_bytes(content + record + locator + end)
    assert refusal(file) == "log_file_no_zip"


def test_a_line_without_end_breaks_its_member_off_in_little_memory(rewritten: Callable[..., Path]) -> None:
    file = rewritten({OPERATIONS: b'{"attempt":"' + b"a" * 200_000_000})
    assert file.stat().st_size < 1_000_000
    tracemalloc.start()
    verdict = verify_file(file)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert f"{OPERATIONS}:1" in {fault.place for fault in verdict.faults}
    assert peak < 20_000_000


def test_content_beyond_the_bound_is_refused(rewritten: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST_CONTENT", 1_000_000)
    assert refusal(rewritten({OPERATIONS: (b"a" * 900_000 + b"\n") * 3})) == "log_file_too_large"


def test_more_faults_than_anybody_reads_are_cut(rewritten: Callable[..., Path]) -> None:
    verdict = verify_file(rewritten({OPERATIONS: b"{}\n" * 100_000}))
    assert verdict.is_cut
    assert len(verdict.faults) == verification.MOST_FAULTS


def test_more_attempts_than_memory_is_meant_for_are_refused(
    rewritten: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "MOST_ATTEMPTS", 3)
    assert refusal(rewritten({})) == "log_file_attempts"


@pytest.mark.parametrize(
    "line",
    [
        b"[" * 500_000,
        b'{"number":1e400}',
        b'{"number":' + b"9" * 5000 + b"}",
        b'{"number":1,"kind":"a","at":"b","body":"\\ud800","hash":"c"}',
        b"\xff\xfe",
        b"",
    ],
)
def test_a_line_that_is_no_json_is_named(rewritten: Callable[..., Path], line: bytes) -> None:
    verdict = verify_file(rewritten({LOG: line + b"\n"}))
    named = {fault.place for fault in verdict.faults}
    assert f"{LOG}:1" in named
    assert "root:1" in named


@pytest.mark.parametrize("body", ["[" * 100_000, "{}", '{"attempt":7}', '{"attempt":"x"}', "[]", "null", ""])
def test_a_row_whose_content_is_none_is_named(rewritten: Callable[..., Path], body: str) -> None:
    line = {"number": 1, "kind": "attempt.closed", "at": "b", "body": body, "hash": "c"}
    verdict = verify_file(rewritten({LOG: json.dumps(line).encode() + b"\n"}))
    assert "log_row_unreadable" in {fault.code for fault in verdict.faults}


@pytest.mark.parametrize(
    "said",
    [
        '"last_seq":"many","chain_head":7,"refusals":null',
        '"last_seq":99999999999999999999999999,"refusals":-1',
        '"last_seq":-5',
    ],
)
def test_a_log_that_states_nonsense_is_found_wrong(rewritten: Callable[..., Path], said: str) -> None:
    attempt = "00000000-0000-0000-0000-000000000001"
    line = {"number": 1, "kind": "attempt.closed", "at": "b", "body": f'{{"attempt":"{attempt}",{said}}}', "hash": "c"}
    assert not verify_file(rewritten({LOG: json.dumps(line).encode() + b"\n"})).is_whole


@pytest.mark.parametrize(
    ("manifest", "code"),
    [
        (b"", None),
        (b"null", None),
        (b"[" * 300_000, None),
        (b'{"format":"exam-sitting-log","version":1,"sitting":"x","roots":[]}', None),
        (
            b'{"format":"other","version":1,"sitting":"00000000-0000-0000-0000-000000000001","roots":[]}',
            "log_file_other_format",
        ),
    ],
)
def test_a_manifest_that_is_none_is_named(rewritten: Callable[..., Path], manifest: bytes, code: str | None) -> None:
    file = rewritten({MANIFEST: manifest})
    if code is not None:
        assert refusal(file) == code
    else:
        assert [fault.code for fault in verify_file(file).faults] == ["log_manifest_unreadable"]
