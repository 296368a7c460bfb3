"""The sample modules with pictures, passages and practical tasks as a QTI 3.0 package that any bank can take in.

QTI has no words for items that never stand in the same form, so these are written beside the package.
"""

import csv
from pathlib import Path

from item_bank.exchange.exported import ExportedItem, ExportedMedia, ExportedStimulus
from item_bank.exchange.qti.writing.package import write_qti3
from item_bank.sample.modules import sample_modules


def write_sample_package(path: Path) -> int:
    """Write the modules that tables cannot hold as a package; returns how many items it has."""
    items: list[ExportedItem] = []
    media: dict[str, ExportedMedia] = {}
    for module in sample_modules():
        stimuli = {
            stimulus.code: ExportedStimulus(stimulus.code, stimulus.title, stimulus.content)
            for stimulus in module.stimuli
        }
        items += [
            ExportedItem(item.draft, stimuli.get(item.draft.metadata.stimulus_code or "")) for item in module.items
        ]
        media |= {
            sha256: ExportedMedia(prepared.content, prepared.content_type) for sha256, prepared in module.media.items()
        }
    written = write_qti3(items, media)
    if written.left_out:
        raise ValueError(f"the package cannot carry {written.left_out[0]}")
    path.write_bytes(written.content)
    return len(items)


def write_sample_enemies(path: Path) -> int:
    """Write the pairs of items that never stand in the same form as CSV; returns how many pairs there are."""
    pairs = [pair for module in sample_modules() for pair in module.enemies]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("Mã câu", "Loại trừ với", "Lý do"))
        writer.writerows((pair.first, pair.second, pair.reason) for pair in pairs)
    return len(pairs)
