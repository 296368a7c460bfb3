"""The commands: what they print and how they end."""

import json
from pathlib import Path
from uuid import UUID

import pytest
from typer.testing import CliRunner, Result

from exam_engine.cli import app
from exam_engine.evidence.verification import verify_file
from exam_engine.sitting_log.roots import fingerprint
from tests.exam_engine.evidence.conftest import ExportedSitting

NOBODY = str(UUID(int=0))


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_a_whole_file_ends_with_0(exported: ExportedSitting) -> None:
    root = verify_file(exported.file).roots[0]
    told = run("verify-sitting", exported.file, "--lang", "en")
    assert told.exit_code == 0
    assert "Whole" in told.output
    assert fingerprint(root.root) in told.output
    assert "Compare the root" in told.output
    compared = run("verify-sitting", exported.file, "--root", fingerprint(root.root), "--public-key", root.public_key)
    assert compared.exit_code == 0
    assert "Nguyên vẹn" in compared.output
    assert "So gốc" not in compared.output


def test_a_file_with_faults_ends_with_1_and_names_them(exported: ExportedSitting, tmp_path: Path) -> None:
    told = run("verify-sitting", exported.file, "--root", "0" * 64, "--lang", "en")
    assert told.exit_code == 1
    assert "No root in the file is the one on the minutes" in told.output
    view = json.loads(run("verify-sitting", exported.file, "--root", "0" * 64, "--json").output)
    assert view["whole"] is False
    assert view["sitting"] == str(exported.sitting_id)
    assert [fault["code"] for fault in view["faults"]] == ["log_root_not_expected"]


def test_what_is_no_export_ends_with_2(tmp_path: Path) -> None:
    file = tmp_path / "no.zip"
    file.write_text("no")
    assert run("verify-sitting", file).exit_code == 2
    assert run("verify-sitting", tmp_path / "nothing.zip").exit_code == 2
    assert run("prove-in-log", file, "0001").exit_code == 2
    assert run("verify-in-log", file).exit_code == 2


def test_a_proof_is_printed_and_checked_with_the_receipt(exported: ExportedSitting, tmp_path: Path) -> None:
    printed = run("prove-in-log", exported.file, exported.candidate_numbers[0])
    assert printed.exit_code == 0
    proof, receipt = tmp_path / "proof.json", tmp_path / "receipt.json"
    proof.write_text(printed.output)
    receipt.write_text(json.dumps(exported.final_receipts[0]))
    root = json.loads(printed.output)["root"]["root"]
    told = run("verify-in-log", proof, "--receipt", receipt, "--root", fingerprint(root), "--lang", "en")
    assert (told.exit_code, "stands under the signed root" in told.output) == (0, True)
    receipt.write_text(json.dumps(exported.final_receipts[1]))
    told = run("verify-in-log", proof, "--receipt", receipt, "--json", "--lang", "en")
    assert told.exit_code == 1
    assert [fault["code"] for fault in json.loads(told.output)["faults"]] == ["log_receipt_differs"]


def test_the_export_is_written_whole_or_not_at_all(
    exported: ExportedSitting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXAM_DATABASE_URL", exported.settings.database_url)
    monkeypatch.setenv("EXAM_DATA_DIR", str(exported.settings.data_dir))
    file = tmp_path / "out.zip"
    assert run("export-sitting-log", exported.sitting_id, file).exit_code == 0
    assert file.read_bytes() == exported.file.read_bytes()
    missing = tmp_path / "missing.zip"
    assert run("export-sitting-log", NOBODY, missing).exit_code == 1
    assert list(tmp_path.iterdir()) == [file]
