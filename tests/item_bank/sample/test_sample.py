"""The sample bank and its simulated pilot."""

import csv
import itertools
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from exam_engine.interactions.keys import ChoiceKey
from exam_engine.interactions.rich_text import plain_text
from item_bank.calibration.sources.collected import KnownItem
from item_bank.calibration.sources.files import encode
from item_bank.calibration.sources.table import read_table
from item_bank.exchange.sheet_file import read_sheet
from item_bank.sample.bank import sample_rows, write_sample_workbook
from item_bank.sample.pilot import MEAN_DIFFICULTY, simulate_pilot, write_pilot
from tests.choice_items import plain_options


def test_the_sample_workbook_imports_without_a_word(tmp_path: Path) -> None:
    write_sample_workbook(tmp_path / "bank.xlsx")
    rows = sample_rows()
    read = read_sheet((tmp_path / "bank.xlsx").read_bytes(), "bank.xlsx")
    assert [*read.notices, *(notice for item in read.items for notice in item.notices)] == []
    assert [item.code for item in read.items] == [row["code"] for row in rows]
    for item, row in zip(read.items, rows, strict=True):
        assert item.content is not None
        assert plain_text(item.content.stem) == row["stem"]
        assert plain_options(item.content) == tuple(row[f"option_{letter}"] for letter in "abcd")
        assert item.key == ChoiceKey(correct=(row["key"],))
        assert (item.metadata.module, item.metadata.reference_code) == (row["module"], row["reference"])


def test_the_sample_bank_has_forty_items_a_module_at_the_agreed_levels() -> None:
    counts = Counter((row["module"], row["level"]) for row in sample_rows())
    modules = [f"IU{number:02d}" for number in range(1, 7)]
    levels = {"NB": 16, "TH": 12, "VD": 8, "VDC": 4}
    assert counts == {(module, level): count for module in modules for level, count in levels.items()}


def test_the_pilot_is_linked_balanced_and_repeatable(tmp_path: Path) -> None:
    pilot = simulate_pilot(n_candidates=200)
    shown = pilot.chosen != ""
    assert shown.shape == (200, 240)
    assert set(shown.sum(axis=1).tolist()) == {120}
    assert set(shown.sum(axis=0).tolist()) == {100}
    together = shown.T.astype(int) @ shown.astype(int)
    assert together.min() == 40, "every two items share candidates"
    write_pilot(pilot, tmp_path / "responses.csv", tmp_path / "parameters.csv")
    content = (tmp_path / "responses.csv").read_bytes()
    known = {row["code"]: KnownItem(4, "ABCD".index(row["key"]), 1) for row in sample_rows()}
    read = encode(read_table(content), known)
    assert (read.source, read.is_simulated, read.matrix.n_responses) == ("choices", True, 200 * 120)
    write_pilot(simulate_pilot(n_candidates=200), tmp_path / "again.csv", tmp_path / "parameters-again.csv")
    assert (tmp_path / "again.csv").read_bytes() == content
    lines = (tmp_path / "parameters.csv").read_text(encoding="utf-8").splitlines()
    assert "simulated" in lines[0]
    assert len(list(csv.DictReader(lines[1:]))) == 240


def test_true_difficulties_follow_the_levels() -> None:
    pilot = simulate_pilot(n_candidates=20)
    levels = [row["level"] for row in sample_rows()]
    for level, mean in MEAN_DIFFICULTY.items():
        own = pilot.b[[index for index, other in enumerate(levels) if other == level]]
        # 24 to 96 draws with standard deviation 0.45.
        assert own.mean() == pytest.approx(mean, abs=4 * 0.45 / np.sqrt(own.size))
    assert (pilot.a > 0).all()


def test_every_wrong_option_is_chosen_by_somebody() -> None:
    pilot = simulate_pilot(n_candidates=1200)
    first = pilot.chosen[:, 0]
    assert set(first.tolist()) == {"", "A", "B", "C", "D"}


def test_candidates_must_fill_the_design() -> None:
    triples = len(list(itertools.combinations(range(6), 3)))
    with pytest.raises(ValueError, match="multiple of 20"):
        simulate_pilot(n_candidates=triples + 1)
