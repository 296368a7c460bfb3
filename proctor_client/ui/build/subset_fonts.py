"""Makes src/lib/assets/fonts from the npm package of Inter: run it when that package is updated.

``python build/subset_fonts.py`` in proctor_client/ui, with ``fonttools`` and ``brotli`` installed. Kept are the package's
Latin and Vietnamese letters, the weights from 400 to 700 that the pages use, and the features that they need: kerning,
marks and figures of equal width. Everything else would only travel over a school's line.
"""

from io import BytesIO
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

UI = Path(__file__).resolve().parents[1]
SOURCE = UI / "node_modules" / "@fontsource-variable" / "inter" / "files"
TARGET = UI / "src" / "lib" / "assets" / "fonts"
WEIGHTS = (400, 400, 700)
"""Smallest, normal, largest."""
FEATURES = ["ccmp", "kern", "locl", "mark", "mkmk", "tnum"]


def reduced(source: Path) -> TTFont:
    """Return the font with what the pages use of it."""
    font = TTFont(source)
    options = subset.Options()
    options.layout_features = FEATURES
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=list(font.getBestCmap()))
    subsetter.subset(font)
    # Written and read again: the variations still name the letters that are gone.
    font.flavor = None
    plain = BytesIO()
    font.save(plain)
    plain.seek(0)
    reduced_font: TTFont = instantiateVariableFont(TTFont(plain, lazy=False), {"wght": WEIGHTS})
    reduced_font.flavor = "woff2"
    return reduced_font


def main() -> None:
    for letters in ("latin", "vietnamese"):
        reduced(SOURCE / f"inter-{letters}-wght-normal.woff2").save(TARGET / f"inter-{letters}.woff2")


if __name__ == "__main__":
    main()
