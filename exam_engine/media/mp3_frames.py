"""The frames of an MP3 file: whether they lie end to end, and what the first one says of the file (ISO/IEC 11172-3)."""

from dataclasses import dataclass

_BITRATES_MPEG1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_BITRATES_MPEG2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_RATES = (44100, 48000, 32000)
_RESERVED_VERSION, _LAYER_3, _MPEG1 = 1, 1, 3
_HAS_BYTE_COUNT, _HAS_FRAME_COUNT = 2, 1
_TAG_BYTES = 120
"""Length of the ``Xing`` header with frame count, byte count and table of contents."""


@dataclass(frozen=True, slots=True)
class EncoderTag:
    """What an encoder wrote into the first frame; ``byte_count`` is the length of the file from that frame on."""

    byte_count: int
    encoder: bytes


def first_frame(content: bytes) -> int:
    """Return where the frames begin: after the ID3v2 tag, if there is one."""
    if not content.startswith(b"ID3") or len(content) < 10:
        return 0
    size = 0
    for byte in content[6:10]:
        size = size << 7 | byte & 0x7F
    has_footer = bool(content[5] & 0x10)
    return 10 + size + 10 * has_footer


def frame_bytes(content: bytes, at: int) -> int:
    """Return the length of the Layer III frame at a place; 0 when none begins there or its length is not stated."""
    head = content[at : at + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return 0
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bitrate_index, rate_index = head[2] >> 4, head[2] >> 2 & 3
    if version == _RESERVED_VERSION or layer != _LAYER_3 or bitrate_index in {0, 15} or rate_index == 3:
        return 0
    is_mpeg1 = version == _MPEG1
    bitrate = (_BITRATES_MPEG1 if is_mpeg1 else _BITRATES_MPEG2)[bitrate_index] * 1000
    rate = _RATES[rate_index] // (1 if is_mpeg1 else 2 if version == 2 else 4)
    return (144 if is_mpeg1 else 72) * bitrate // rate + (head[2] >> 1 & 1)


def are_all_frames(content: bytes) -> bool:
    """Whether the bytes are whole frames from the first to the last and nothing else: no tags, no gaps, no rest."""
    at = 0
    while at < len(content):
        length = frame_bytes(content, at)
        if length == 0:
            return False
        at += length
    return at == len(content) > 0


def encoder_tag(content: bytes, at: int) -> EncoderTag | None:
    """Return what the ``Xing`` or ``Info`` header of the frame at a place says; None when it has none."""
    length = frame_bytes(content, at)
    if length == 0:
        return None
    is_mpeg1, is_mono = content[at + 1] >> 3 & 3 == _MPEG1, content[at + 3] >> 6 == 3
    # The header stands where the side information of a sounding frame would end.
    start = at + 4 + ((17 if is_mono else 32) if is_mpeg1 else (9 if is_mono else 17))
    if content[start : start + 4] not in {b"Xing", b"Info"}:
        return None
    flags = int.from_bytes(content[start + 4 : start + 8], "big")
    if not flags & _HAS_BYTE_COUNT:
        return None
    counted = start + 8 + (4 if flags & _HAS_FRAME_COUNT else 0)
    encoder = content[start + _TAG_BYTES : start + _TAG_BYTES + 11] if start + _TAG_BYTES + 11 <= at + length else b""
    return EncoderTag(int.from_bytes(content[counted : counted + 4], "big"), encoder)
