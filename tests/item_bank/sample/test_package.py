"""The sample modules as a package: everything comes home as it left; the enemies stand beside it."""

import csv
from pathlib import Path

from item_bank.exchange.qti.reading import read
from item_bank.items.content import ItemMetadata
from item_bank.sample.modules import sample_modules
from item_bank.sample.package import write_sample_enemies, write_sample_package


def test_the_package_brings_every_item_stimulus_and_picture_whole(tmp_path: Path) -> None:
    modules = sample_modules()
    count = write_sample_package(tmp_path / "modules.zip")
    found = read((tmp_path / "modules.zip").read_bytes(), "modules.zip")
    assert found.notices == ()
    assert count == len(found.items) == sum(len(module.items) for module in modules)
    items = {item.code: item for item in found.items}
    for module in modules:
        for sample in module.items:
            draft, item = sample.draft, items[sample.draft.code]
            assert (item.content, item.key, item.explanation) == (draft.content, draft.key, draft.explanation)
            stated = item.metadata
            assert item.notices == ()
            assert draft.metadata == ItemMetadata(
                module_code=stated.module or "",
                reference_code=stated.reference_code or "",
                cognitive_level=stated.cognitive_level or "NB",
                points=stated.points or draft.metadata.points,
                expected_seconds=stated.expected_seconds,
                source=stated.source,
                tags=stated.tags,
                stimulus_code=draft.metadata.stimulus_code,
            )
    media = {sha256 for module in modules for sha256 in module.media}
    assert set(found.media) == media
    # Line breaks between the elements of a passage mean nothing.
    stimuli = {stimulus.code: stimulus.content.split() for module in modules for stimulus in module.stimuli}
    assert {str(stimulus.code): stimulus.content.split() for stimulus in found.stimuli} == stimuli
    refs = {stimulus.ref: stimulus.code for stimulus in found.stimuli}
    for module in modules:
        for sample in module.items:
            named = items[sample.draft.code].stimulus
            assert (refs[named] if named is not None else None) == sample.draft.metadata.stimulus_code


def test_the_list_of_enemies_names_each_pair_with_its_reason(tmp_path: Path) -> None:
    count = write_sample_enemies(tmp_path / "enemies.csv")
    pairs = [pair for module in sample_modules() for pair in module.enemies]
    with (tmp_path / "enemies.csv").open(encoding="utf-8-sig", newline="") as file:
        headings, *rows = csv.reader(file)
    assert headings == ["Mã câu", "Loại trừ với", "Lý do"]
    assert rows == [[pair.first, pair.second, pair.reason] for pair in pairs]
    assert count == len(rows) > 0
