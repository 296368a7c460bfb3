"""Colours and fonts of a document's theme, to which runs refer by name."""

from dataclasses import dataclass, field

from lxml import etree

from item_bank.exchange.word.names import A, W

# Names that runs use for colours of the theme, where the document does not map them otherwise.
_COLOUR_NAMES = {
    "dark1": "dk1",
    "text1": "dk1",
    "light1": "lt1",
    "background1": "lt1",
    "dark2": "dk2",
    "text2": "dk2",
    "light2": "lt2",
    "background2": "lt2",
    "hyperlink": "hlink",
    "followedHyperlink": "folHlink",
}
# The four slots that settings may map to other colours, by the names that runs use.
_SLOTS = {"t1": "text1", "t2": "text2", "bg1": "background1", "bg2": "background2"}


@dataclass(frozen=True, slots=True)
class Theme:
    """Colour by the name a run uses; fonts of headings (major) and of text (minor)."""

    colours: dict[str, str] = field(default_factory=dict)
    major_font: str = ""
    minor_font: str = ""

    def font(self, name: str) -> str:
        """Return the font behind a reference such as ``minorHAnsi``."""
        return self.major_font if name.startswith("major") else self.minor_font


def read_theme(root: etree._Element | None, settings: etree._Element | None) -> Theme:
    """Read the theme; ``settings`` may map its colours to other names."""
    if root is None:
        return Theme()
    scheme = {}
    for slot in root.iterfind(f".//{A}clrScheme/*"):
        for colour in slot:
            stated = colour.get("val", "") if colour.tag == f"{A}srgbClr" else colour.get("lastClr", "")
            scheme[etree.QName(slot).localname] = stated.upper()
    names = {name: scheme.get(slot, "") for name, slot in _COLOUR_NAMES.items()}
    names |= {f"accent{number}": scheme.get(f"accent{number}", "") for number in range(1, 7)}
    mapping = settings.find(f"{W}clrSchemeMapping") if settings is not None else None
    if mapping is not None:
        for short, name in _SLOTS.items():
            names[name] = names.get(mapping.get(f"{W}{short}", ""), "") or names[name]
    fonts = [_latin(root, kind) for kind in ("majorFont", "minorFont")]
    return Theme(names, *fonts)


def _latin(root: etree._Element, kind: str) -> str:
    latin = root.find(f".//{A}fontScheme/{A}{kind}/{A}latin")
    return latin.get("typeface", "") if latin is not None else ""
