"""What kind of file some bytes are, by the bytes alone: names and declared types are not believed."""

import re
from enum import StrEnum

# Atomic groups: what a comment was found to span is not tried another way, so hostile texts take no longer.
_PROLOGUE = re.compile(
    r"(?:(?><\?xml[^>]*>|<!--.*?-->|<!doctype[^>\[]*+(?:\[.*?\])?[^>]*>)|\s)*+", re.DOTALL | re.IGNORECASE
)
_HTML = re.compile(r"(?:(?><!--.*?-->)|\s)*+<(?:!doctype\s+html|html|head|body|script)\b", re.DOTALL | re.IGNORECASE)
# Tab, line feed, form feed and carriage return are part of texts; nothing else below the space is.
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_HEAD = 4096


class Kind(StrEnum):
    """A kind of file; the value is the name that people know it by."""

    PNG = "PNG"
    JPEG = "JPEG"
    GIF = "GIF"
    WEBP = "WebP"
    BMP = "BMP"
    SVG = "SVG"
    EMF = "EMF"
    WMF = "WMF"
    TIFF = "TIFF"
    HEIC = "HEIC"
    AVIF = "AVIF"
    ICO = "ICO"
    PSD = "PSD"
    WAV = "WAV"
    FLAC = "FLAC"
    OGG = "OGG"
    MP3 = "MP3"
    MP4 = "M4A/MP4"
    AAC = "AAC"
    WMA = "WMA"
    AMR = "AMR"
    AIFF = "AIFF"
    MIDI = "MIDI"
    MATROSKA = "WebM/Matroska"
    PDF = "PDF"
    ZIP = "ZIP"
    OLD_OFFICE = "Office 97-2003"
    ARCHIVE = "RAR/7z/gzip"
    PROGRAM = "EXE"
    HTML = "HTML"
    TEXT = "TXT"
    UNKNOWN = "?"


PICTURES = frozenset({Kind.PNG, Kind.JPEG, Kind.GIF, Kind.WEBP, Kind.BMP})
"""Pictures that are taken."""
VECTOR_PICTURES = frozenset({Kind.SVG, Kind.EMF, Kind.WMF})
OTHER_PICTURES = frozenset({Kind.TIFF, Kind.HEIC, Kind.AVIF, Kind.ICO, Kind.PSD})
SOUNDS = frozenset({Kind.WAV, Kind.FLAC, Kind.OGG, Kind.MP3})
"""Sound that is taken."""
OTHER_SOUNDS = frozenset({Kind.MP4, Kind.AAC, Kind.WMA, Kind.AMR, Kind.AIFF, Kind.MIDI, Kind.MATROSKA})

_MAGIC: tuple[tuple[bytes, Kind], ...] = (
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"GIF87a", Kind.GIF),
    (b"GIF89a", Kind.GIF),
    (b"BM", Kind.BMP),
    (b"\xd7\xcd\xc6\x9a", Kind.WMF),
    (b"\x01\x00\x09\x00", Kind.WMF),
    (b"II*\x00", Kind.TIFF),
    (b"MM\x00*", Kind.TIFF),
    (b"\x00\x00\x01\x00", Kind.ICO),
    (b"8BPS", Kind.PSD),
    (b"fLaC", Kind.FLAC),
    (b"OggS", Kind.OGG),
    (b"ID3", Kind.MP3),
    (b"#!AMR", Kind.AMR),
    (b"MThd", Kind.MIDI),
    (b"\x1aE\xdf\xa3", Kind.MATROSKA),
    (b"0&\xb2u\x8ef\xcf\x11", Kind.WMA),
    (b"%PDF-", Kind.PDF),
    (b"PK\x03\x04", Kind.ZIP),
    (b"PK\x05\x06", Kind.ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind.OLD_OFFICE),
    (b"Rar!\x1a\x07", Kind.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", Kind.ARCHIVE),
    (b"\x1f\x8b", Kind.ARCHIVE),
    (b"BZh", Kind.ARCHIVE),
    (b"\xfd7zXZ\x00", Kind.ARCHIVE),
    (b"MSCF", Kind.ARCHIVE),
    (b"MZ", Kind.PROGRAM),
    (b"\x7fELF", Kind.PROGRAM),
    (b"\xcf\xfa\xed\xfe", Kind.PROGRAM),
    (b"\xca\xfe\xba\xbe", Kind.PROGRAM),
)
_RIFF = {b"WEBP": Kind.WEBP, b"WAVE": Kind.WAV}
_FORM = {b"AIFF": Kind.AIFF, b"AIFC": Kind.AIFF}
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})


def sniff(content: bytes) -> Kind:
    """Return what kind of file the bytes begin as."""
    if content.startswith(b"RIFF"):
        return _RIFF.get(content[8:12], Kind.UNKNOWN)
    if content.startswith(b"FORM"):
        return _FORM.get(content[8:12], Kind.UNKNOWN)
    if content[4:8] == b"ftyp":
        return _base_media_kind(content[8:12])
    if content.startswith(b"\x01\x00\x00\x00") and content[40:44] == b" EMF":
        return Kind.EMF
    kind = next((kind for magic, kind in _MAGIC if content.startswith(magic)), None)
    # Two letters are a weak sign: a text may begin with them.
    if kind in {Kind.BMP, Kind.PROGRAM} and text_of(content) is not None:
        kind = None
    if kind is not None:
        return kind
    return _kind_of_frames(content) or _kind_of_text(content)


def text_of(content: bytes) -> str | None:
    """Return the text that the bytes are, in UTF-8 or in UTF-16 with a byte-order mark; None when they are none."""
    is_utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = content.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if _CONTROL.search(text) else text


def _base_media_kind(brand: bytes) -> Kind:
    if brand in _HEIC_BRANDS:
        return Kind.HEIC
    return Kind.AVIF if brand in _AVIF_BRANDS else Kind.MP4


def _kind_of_frames(content: bytes) -> Kind | None:
    """Tell bare MPEG audio frames by their header: 11 bits of synchronisation, then version and layer."""
    if len(content) < 4 or content[0] != 0xFF or content[1] & 0xE0 != 0xE0:
        return None
    version, layer = content[1] >> 3 & 3, content[1] >> 1 & 3
    if layer == 0 and content[1] & 0xF0 == 0xF0:
        return Kind.AAC
    is_layer_3 = version != 1 and layer == 1
    return Kind.MP3 if is_layer_3 and content[2] >> 4 != 15 and content[2] >> 2 & 3 != 3 else None


def _kind_of_text(content: bytes) -> Kind:
    text = text_of(content)
    if text is None:
        return Kind.UNKNOWN
    head = text[:_HEAD]
    after = head[match.end() :] if (match := _PROLOGUE.match(head)) else head
    if after[:4].lower() == "<svg":
        return Kind.SVG
    return Kind.HTML if _HTML.match(head) else Kind.TEXT
