"""The audit of receipts finds every planted loss, in a database and in an export."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from exam_engine.delivery.journal import chain_hash, genesis_hash
from load_tests.audit import StoredJournal, hold_against, journals_in_export
from load_tests.protocol import Acknowledged

Operation = tuple[int, str, str]


def make_journal(length: int = 6, attempt_id: UUID | None = None) -> StoredJournal:
    attempt_id = attempt_id or uuid4()
    head, operations = genesis_hash(attempt_id), list[Operation]()
    for seq in range(1, length + 1):
        body = json.dumps({"seq": seq, "kind": "answer", "item": "q01", "value": [str(seq)], "at_ms": seq})
        head = chain_hash(head, body)
        operations.append((seq, body, head))
    return StoredJournal(attempt_id, tuple(operations), length, head)


def receipt_of(journal: StoredJournal) -> Acknowledged:
    return Acknowledged(journal.attempt_id, journal.last_seq, journal.chain_head)


def changed(journal: StoredJournal, operations: tuple[Operation, ...]) -> StoredJournal:
    last = operations[-1] if operations else (0, "", genesis_hash(journal.attempt_id))
    return StoredJournal(journal.attempt_id, operations, len(operations), last[2])


def test_journals_that_hold_all_that_was_acknowledged_are_clean() -> None:
    journals = [make_journal(), make_journal(3)]
    audit = hold_against(map(receipt_of, journals), journals)
    assert (audit.attempts, audit.acknowledged, audit.stored, audit.lost, audit.doubled) == (2, 9, 9, 0, 0)
    assert audit.is_clean


def test_more_stored_than_acknowledged_is_clean() -> None:
    journal = make_journal()
    seq, _, head = journal.operations[3]
    assert hold_against([Acknowledged(journal.attempt_id, seq, head)], [journal]).is_clean


FAULTS: dict[str, Callable[[StoredJournal], StoredJournal]] = {
    "the last operation is gone": lambda one: changed(one, one.operations[:-1]),
    "one in between is gone": lambda one: changed(one, one.operations[:2] + one.operations[3:]),
    "all are gone": lambda one: changed(one, ()),
    "a text was changed": lambda one: changed(
        one, (one.operations[0], (2, "{}", one.operations[1][2]), *one.operations[2:])
    ),
    "the end kept with the attempt is another": lambda one: StoredJournal(
        one.attempt_id, one.operations, one.last_seq - 1, one.chain_head
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_loss_is_found(fault: str) -> None:
    good, bad = make_journal(), make_journal()
    audit = hold_against([receipt_of(good), receipt_of(bad)], [good, FAULTS[fault](bad)])
    assert audit.lost > 0
    assert not audit.is_clean


def test_as_many_are_lost_as_are_missing() -> None:
    journal = make_journal(10)
    assert hold_against([receipt_of(journal)], []).lost == 10
    # Four are missing, and the hash that was signed with them.
    assert hold_against([receipt_of(journal)], [changed(journal, journal.operations[:6])]).lost == 4


def test_an_operation_stored_twice_is_found() -> None:
    journal = make_journal()
    twice = changed(journal, (*journal.operations, journal.operations[-1]))
    assert hold_against([receipt_of(journal)], [twice]).doubled == 1


def test_a_run_in_which_nothing_was_acknowledged_proves_nothing() -> None:
    assert not hold_against([], []).is_clean


def test_an_export_holds_the_same_journals_as_the_database(tmp_path: Path) -> None:
    journals = sorted((make_journal(5), make_journal(2)), key=lambda one: str(one.attempt_id))
    empty = StoredJournal(uuid4(), (), 0, "")
    attempt = dict.fromkeys(
        ("registration", "candidate_number", "form", "paper", "finish_kind", "finished_at", "raw", "max_points"), ""
    ) | {"epoch": 1, "items_sha256": None}
    lines = [
        json.dumps(attempt | {"attempt": str(one.attempt_id), "last_seq": one.last_seq, "chain_head": one.chain_head})
        for one in (*journals, empty)
    ]
    operations = [
        json.dumps({"attempt": str(one.attempt_id), "seq": seq, "body": body, "hash": hash_})
        for one in journals
        for seq, body, hash_ in one.operations
    ]
    file = tmp_path / "log.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in (
            ("manifest.json", ["{}"]),
            ("log.jsonl", []),
            ("attempts.jsonl", lines),
            ("operations.jsonl", operations),
            ("refusals.jsonl", []),
        ):
            archive.writestr(name, "\n".join(content) + "\n")
    found = journals_in_export(file)
    assert found == [*journals, empty]
    assert hold_against(map(receipt_of, journals), found).is_clean
