"""Sound made fit for keeping: decoded block by block under limits and encoded anew as MP3 without tags."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import soundfile

from exam_engine.media import mp3_frames
from exam_engine.media.errors import InvalidMediaError, refusal
from exam_engine.media.limits import MediaLimits
from exam_engine.media.resampling import Samples, resampled
from exam_engine.media.sniffing import Kind

_FORMATS = {Kind.WAV: {"WAV", "WAVEX"}, Kind.FLAC: {"FLAC"}, Kind.OGG: {"OGG"}, Kind.MP3: {"MP3"}}
_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
"""Sampling rates of MP3, in hertz."""
_LOWEST_RATE, _HIGHEST_RATE = 1000, 384_000
_MOST_CHANNELS = 2
_BLOCK = 1 << 16
_MISSED_SECONDS = 0.2
"""Decoders pass over a damaged frame, and some encoders count the first one, which has no sound."""
_UNKNOWN_LENGTH = 2**63 - 1
"""What libsndfile says of a FLAC stream whose header leaves the length open, and which it cannot read then."""
_BITRATE_MODE, _COMPRESSION = "VARIABLE", 0.4
"""About 70 kbit/s for one channel of speech and 130 for stereo: words stay clear, and a paper stays light."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound as it is kept; ``duration_ms`` in milliseconds."""

    content: bytes
    content_type: Literal["audio/mpeg"]
    duration_ms: int


def prepare_sound(content: bytes, kind: Kind, limits: MediaLimits) -> Sound:
    """Decode a sound to its end and encode it anew; one or two channels stay what they are.

    The same bytes always give the same sound. An MP3 that this function wrote itself is kept as it is, so that it
    loses nothing by leaving the bank and coming back. Rates that MP3 does not have become the next one above.

    Raises
    ------
    InvalidMediaError
        Too long, more than two channels, cut off, or it cannot be decoded.
    """
    _check_whole(content, kind)
    try:
        readable = mp3_frames.with_counted_frames(content) if kind is Kind.MP3 else content
        with soundfile.SoundFile(io.BytesIO(readable)) as source:
            _check_head(source, kind, limits)
            rate, target = source.samplerate, _target_rate(source.samplerate)
            blocks = _decoded(source, kind, limits)
            if kind is Kind.MP3 and mp3_frames.are_all_frames(content) and _is_own(content, source.channels, rate):
                frames = sum(len(block) for block in blocks)
                encoded = content
            else:
                encoded, frames = _encoded(
                    blocks if rate == target else resampled(blocks, rate=rate, target=target), source.channels, target
                )
    except InvalidMediaError:
        raise
    except Exception as error:
        # The decoder raises its own errors, and others where a damaged header makes no sense.
        raise refusal("sound_damaged", kind=kind.value) from error
    if frames == 0:
        raise refusal("sound_empty")
    return Sound(encoded, "audio/mpeg", round(frames * 1000 / target))


def _check_whole(content: bytes, kind: Kind) -> None:
    """Refuse files that say themselves that they were longer; decoders would end early without a word."""
    is_whole = True
    if kind is Kind.WAV:
        is_whole = _is_whole_wav(content)
    elif kind is Kind.OGG:
        is_whole = _is_whole_ogg(content)
    elif kind is Kind.MP3:
        start = mp3_frames.first_frame(content)
        tag = mp3_frames.encoder_tag(content, start)
        is_whole = tag is None or tag.byte_count is None or start + tag.byte_count <= len(content)
    if not is_whole:
        raise refusal("sound_cut_off")


def _is_whole_wav(content: bytes) -> bool:
    at = 12
    while at + 8 <= len(content):
        name, size = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        if name == b"data":
            # Programs that write to a pipe cannot come back to state the size.
            return size in {0, 0xFFFFFFFF} or at + 8 + size <= len(content)
        at += 8 + size + size % 2
    return False


def _is_whole_ogg(content: bytes) -> bool:
    """Walk the pages (RFC 3533, section 6): the last one must end with the file."""
    at = 0
    while at < len(content):
        if content[at : at + 4] != b"OggS" or at + 27 > len(content):
            return False
        segments = content[at + 26]
        at += 27 + segments + sum(content[at + 27 : at + 27 + segments])
    return at == len(content)


def _check_head(source: soundfile.SoundFile, kind: Kind, limits: MediaLimits) -> None:
    is_open_ended = source.frames == _UNKNOWN_LENGTH
    if is_open_ended or source.format not in _FORMATS[kind] or not _LOWEST_RATE <= source.samplerate <= _HIGHEST_RATE:
        raise refusal("sound_damaged", kind=kind.value)
    if source.channels > _MOST_CHANNELS:
        raise refusal("sound_too_many_channels", channels=source.channels)
    if source.frames > limits.sound.total_seconds() * source.samplerate:
        raise _too_long(limits)


def _decoded(source: soundfile.SoundFile, kind: Kind, limits: MediaLimits) -> Iterator[Samples]:
    """Yield blocks of shape (frames, channels) within [-1, 1].

    The header's length is not believed: the limit holds for what comes out, and what comes out must not be noticeably
    shorter.
    """
    most, frames = limits.sound.total_seconds() * source.samplerate, 0
    while len(block := source.read(_BLOCK, dtype="float32", always_2d=True)):
        frames += len(block)
        if frames > most:
            raise _too_long(limits)
        yield np.clip(np.nan_to_num(block), -1.0, 1.0)
    if frames < source.frames - _MISSED_SECONDS * source.samplerate:
        raise refusal("sound_cut_off")


def _too_long(limits: MediaLimits) -> InvalidMediaError:
    return refusal("sound_too_long", minutes=f"{limits.sound.total_seconds() / 60:g}")


def _target_rate(rate: int) -> int:
    if rate > _RATES[-1]:
        return 44100 if rate % 44100 == 0 else 48000
    return next(target for target in _RATES if target >= rate)


def _encoded(blocks: Iterator[Samples], channels: int, rate: int) -> tuple[bytes, int]:
    buffer, frames = io.BytesIO(), 0
    with _encoder(buffer, channels, rate) as target:
        for block in blocks:
            target.write(block)
            frames += len(block)
    return buffer.getvalue(), frames


def _encoder(buffer: io.BytesIO, channels: int, rate: int) -> Any:
    return soundfile.SoundFile(
        buffer,
        "w",
        samplerate=rate,
        channels=channels,
        format="MP3",
        subtype="MPEG_LAYER_III",
        bitrate_mode=_BITRATE_MODE,
        compression_level=_COMPRESSION,
    )


def _is_own(content: bytes, channels: int, rate: int) -> bool:
    """Whether the first frame says of its encoder what ours says, and that the file ends where it does."""
    buffer = io.BytesIO()
    with _encoder(buffer, channels, rate) as target:
        target.write(np.zeros((_BLOCK, channels), dtype=np.float32))
    own, other = mp3_frames.encoder_tag(buffer.getvalue(), 0), mp3_frames.encoder_tag(content, 0)
    return own is not None and other is not None and own.encoder == other.encoder and other.byte_count == len(content)
