"""The sample modules as a package: everything comes home as it left."""

from pathlib import Path

from item_bank.exchange.qti.reading import read
from item_bank.items.content import ItemMetadata
from item_bank.sample.modules import sample_modules
from item_bank.sample.package import write_sample_package


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
