"""The frames of an MP3 file: where they lie, and what the first one says of the file (ISO/IEC 11172-3)."""

from collections.abc import Iterator
from dataclasses import dataclass

_BITRATES_MPEG1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_BITRATES_MPEG2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_RATES = (44100, 48000, 32000)
_RESERVED_VERSION, _LAYER_3, _MPEG1 = 1, 1, 3
_HAS_BYTE_COUNT, _HAS_FRAME_COUNT = 2, 1
_MOST_TRIES = 100_000
"""Places looked at between frames; five megabytes of a cover picture behind the sound have some 20,000."""
_TAG_BYTES = 120
"""Length of the ``Xing`` header with frame count, byte count and table of contents."""


@dataclass(frozen=True, slots=True)
class EncoderTag:
    """What an encoder wrote into the first frame.

    ``byte_count`` is the length of the file from that frame on, ``frame_count`` the number of sounding frames after
    it; None where it does not say.
    """

    byte_count: int | None
    frame_count: int | None
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
    start = at + _tag_offset(is_mpeg1=is_mpeg1, is_mono=is_mono)
    if content[start : start + 4] not in {b"Xing", b"Info"}:
        return None
    flags = int.from_bytes(content[start + 4 : start + 8], "big")
    counts: list[int | None] = [None, None]
    counted = start + 8
    for place, flag in enumerate((_HAS_FRAME_COUNT, _HAS_BYTE_COUNT)):
        if flags & flag:
            counts[place] = int.from_bytes(content[counted : counted + 4], "big")
            counted += 4
    encoder = content[start + _TAG_BYTES : start + _TAG_BYTES + 11] if start + _TAG_BYTES + 11 <= at + length else b""
    return EncoderTag(byte_count=counts[1], frame_count=counts[0], encoder=encoder)


def with_counted_frames(content: bytes) -> bytes:
    """Return the sound with a first frame that tells how many frames follow; the content itself when it is right.

    Decoders trust that number, and without one they guess it from the size of the first frame: sound of variable bit
    rate, or joined from several files, would end early. What is no frame is left out, as players pass over it.
    Returns nothing when there is no frame at all.

    Raises
    ------
    ValueError
        The content is full of beginnings of frames that are none.
    """
    places = list(_whole_frames(content))
    if not places:
        return b""
    first, _ = places[0]
    tag = encoder_tag(content, first)
    sounding = places[1:] if tag is not None else places
    stated = tag.frame_count if tag is not None else None
    # Of a file that was cut off more is stated than is there; whoever decodes it misses the rest.
    if stated is not None and stated >= len(sounding):
        return content
    frames = b"".join(content[at : at + length] for at, length in sounding)
    return _counting_frame(content[first : first + 4], len(sounding)) + frames


def _whole_frames(content: bytes) -> Iterator[tuple[int, int]]:
    """Yield place and length of each frame; between frames a new one counts only when another one follows it."""
    at, is_in_step, tries = first_frame(content), False, 0
    while at < len(content):
        length = frame_bytes(content, at)
        is_frame = length and at + length <= len(content)
        if is_frame and (is_in_step or at + length == len(content) or frame_bytes(content, at + length)):
            yield at, length
            at, is_in_step = at + length, True
            continue
        is_in_step, tries = False, tries + 1
        if tries > _MOST_TRIES:
            raise ValueError("no frames where frames begin")
        at = content.find(b"\xff", at + 1)
        if at < 0:
            return


def _counting_frame(head: bytes, count: int) -> bytes:
    """Return a frame without sound, of the kind that ``head`` begins, that says how many frames follow."""
    is_mpeg1, is_mono = head[1] >> 3 & 3 == _MPEG1, head[3] >> 6 == 3
    start = _tag_offset(is_mpeg1=is_mpeg1, is_mono=is_mono)
    # Without checksum and padding; the smallest frame in which the header has room.
    heads = (bytes((head[0], head[1] | 1, index << 4 | head[2] & 0x0C, head[3])) for index in range(1, 15))
    own, length = next((own, size) for own in heads if (size := frame_bytes(own, 0)) >= start + _TAG_BYTES)
    said = b"Xing" + _HAS_FRAME_COUNT.to_bytes(4, "big") + count.to_bytes(4, "big")
    return (own + bytes(start - 4) + said).ljust(length, b"\0")


def _tag_offset(*, is_mpeg1: bool, is_mono: bool) -> int:
    """Return where the header of encoders stands in its frame: where the side information of sound would end."""
    return 4 + ((17 if is_mono else 32) if is_mpeg1 else (9 if is_mono else 17))
