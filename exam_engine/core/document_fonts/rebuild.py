"""Rebuild the font subsets: ``python -m exam_engine.core.document_fonts.rebuild FOLDER_WITH_THE_SOURCE_FONTS``.

The folder must hold Tinos-{Regular,Bold,Italic,BoldItalic}.ttf 1.33 (Debian: fonts-croscore), under the SIL Open Font
License 1.1 without reserved names. Hints are dropped: they serve screens. Every subset gets a name of its own, because
two different fonts under one PostScript name in one process draw wrong glyphs.
"""

from pathlib import Path

import typer
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

STYLES = ("Regular", "Bold", "Italic", "BoldItalic")
RANGES = (
    (0x20, 0x7E),  # ASCII
    (0xA0, 0x17F),  # Latin-1 and Latin Extended-A
    (0x1A0, 0x1B0),  # ơ and ư
    (0x300, 0x309),  # combining marks
    (0x323, 0x323),
    (0x391, 0x3C9),  # Greek, for figures
    (0x1E00, 0x1EF9),  # Vietnamese
    (0x2010, 0x2026),  # dashes, quotation marks, ellipsis
    (0x2190, 0x2193),  # arrows
)
SIGNS = "‰′″₫€№™−∓√∞≈≠≤≥∆∑□■●✓"


def rebuild(source: Path, target: Path) -> None:
    """Write every subset from the source fonts into ``target``."""
    wanted = {code for first, last in RANGES for code in range(first, last + 1)} | {ord(sign) for sign in SIGNS}
    for style in STYLES:
        font = TTFont(source / f"Tinos-{style}.ttf", recalcTimestamp=False)
        options = Options(
            hinting=False, layout_features=[], name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14], notdef_outline=True
        )
        options.drop_tables += ["GSUB", "GPOS", "GDEF", "DSIG", "FFTM", "meta", "STAT"]
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=wanted)
        subsetter.subset(font)
        _rename(font, "DocumentSerif", style)
        font.save(target / f"DocumentSerif-{style}.ttf", reorderTables=True)


def _rename(font: TTFont, family: str, style: str) -> None:
    names = {1: family, 2: style, 3: f"{family}-{style}", 4: f"{family} {style}", 6: f"{family}-{style}"}
    for record in font["name"].names:
        if record.nameID in names:
            record.string = names[record.nameID]


def main(source: Path) -> None:
    """Rebuild all subsets beside this file."""
    rebuild(source, Path(__file__).parent)


if __name__ == "__main__":
    typer.run(main)
