"""Rebuild the font subsets: ``python -m certificates.rendering.fonts.rebuild FOLDER_WITH_THE_SOURCE_FONTS``.

The folder must hold Tinos-{Regular,Bold,Italic,BoldItalic}.ttf 1.33 (Debian: fonts-croscore) and
NotoSerifDisplay-Bold.ttf 2.003 (Debian: fonts-noto-core), both under the SIL Open Font License 1.1 without
reserved names. Hints are dropped: they serve screens, and a certificate is printed. Every subset gets a name of its
own, because two different fonts under one PostScript name in one process draw wrong glyphs.
"""

from pathlib import Path

import typer
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph, GlyphComponent

from certificates.names import ALLOWED_CHARACTERS
from certificates.rendering.fonts import MARKED_LETTERS

SOURCES = {
    "CertificateText-Regular": "Tinos-Regular.ttf",
    "CertificateText-Bold": "Tinos-Bold.ttf",
    "CertificateText-Italic": "Tinos-Italic.ttf",
    "CertificateText-BoldItalic": "Tinos-BoldItalic.ttf",
    "CertificateDisplay-Bold": "NotoSerifDisplay-Bold.ttf",
}
PUNCTUATION = "\u2013\u2014\u2018\u2019\u201c\u201d\u2026\u00b7\u00d7\u00a7\u2116\u02d8\u00ab\u00bb\u00b0"
_GAP = 0.02
"""Distance between a letter and the breve above it, in em."""


def rebuild(source: Path, target: Path) -> None:
    """Write every subset from the source fonts into ``target``."""
    wanted = ALLOWED_CHARACTERS | {chr(code) for code in range(0x20, 0x7F)} | set(PUNCTUATION)
    for name, file in SOURCES.items():
        font = TTFont(source / file, recalcTimestamp=False)
        options = Options(
            hinting=False, layout_features=[], name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14], notdef_outline=True
        )
        options.drop_tables += ["GSUB", "GPOS", "GDEF", "DSIG", "FFTM", "meta", "STAT"]
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=[ord(character) for character in wanted])
        subsetter.subset(font)
        for letter, glyph in MARKED_LETTERS.items():
            _add_marked_letter(font, letter[0], ord(glyph))
        _rename(font, name)
        font.save(target / f"{name}.ttf", reorderTables=True)


def _add_marked_letter(font: TTFont, base: str, code_point: int) -> None:
    glyphs, characters = font["glyf"], font.getBestCmap()
    base_name, mark_name = characters[ord(base)], characters[ord("\u02d8")]
    # The horn of ơ and ư leans out to the right; the breve belongs over the bowl, which is where that of o and u is.
    bowl_name = characters[ord({"Ơ": "O", "ơ": "o", "Ư": "U", "ư": "u"}.get(base, base))]
    base_glyph, bowl, mark = glyphs[base_name], glyphs[bowl_name], glyphs[mark_name]
    units = font["head"].unitsPerEm
    rise = round(base_glyph.yMax + _GAP * units - mark.yMin)
    lean = round(rise * _slope(font))
    shift = round((bowl.xMin + bowl.xMax) / 2 - (mark.xMin + mark.xMax) / 2) + (lean if bowl_name == base_name else 0)
    glyph = Glyph()
    glyph.numberOfContours = -1
    glyph.components = [_component(base_name, 0, 0), _component(mark_name, shift, rise)]
    name = f"uni{code_point:04X}"
    font.setGlyphOrder([*font.getGlyphOrder(), name])
    glyphs[name] = glyph
    glyph.recalcBounds(glyphs)
    font["hmtx"][name] = (font["hmtx"][base_name][0], glyph.xMin)
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[code_point] = name


def _slope(font: TTFont) -> float:
    rise, run = font["hhea"].caretSlopeRise, font["hhea"].caretSlopeRun
    return 0.0 if run == 0 else 0.5 * run / rise


def _component(name: str, x: int, y: int) -> GlyphComponent:
    component = GlyphComponent()
    component.glyphName, component.x, component.y, component.flags = name, x, y, 0x0202  # keep metrics, round offsets
    return component


def _rename(font: TTFont, name: str) -> None:
    family, style = name.split("-")
    for record in font["name"].names:
        new = {1: family, 2: style, 3: name, 4: f"{family} {style}", 6: name}.get(record.nameID)
        if new is not None:
            record.string = new


def main(source: Path) -> None:
    """Rebuild all subsets beside this file."""
    rebuild(source, Path(__file__).parent)


if __name__ == "__main__":
    typer.run(main)
