"""Sound is decoded under limits and encoded anew."""

import io
import struct
from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from exam_engine.media import mp3_frames
from exam_engine.media.limits import MediaLimits
from tests.exam_engine.media.makers import pcm, refused, saved, taken, tone
from tests.exam_engine.media.makers import photograph as picture


def decoded(content: bytes) -> tuple[NDArray[np.float64], int]:
    samples, rate = soundfile.read(io.BytesIO(content), always_2d=True)
    return samples, rate


def pitch(samples: NDArray[np.float64], rate: int) -> float:
    """The strongest frequency, in hertz."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * rate / len(samples))


@pytest.mark.parametrize("form", ["WAV", "FLAC", "OGG", "MP3"])
@pytest.mark.parametrize("channels", [1, 2])
def test_every_sound_is_heard_as_before(form: str, channels: int) -> None:
    kept = taken(tone(form, channels=channels, seconds=1.5), "sound")
    samples, rate = decoded(kept.content)
    assert (kept.content_type, kept.duration_ms, rate, samples.shape[1]) == ("audio/mpeg", 1500, 44100, channels)
    assert len(samples) == pytest.approx(1.5 * rate, abs=1)
    for channel in range(channels):
        assert pitch(samples[:, channel], rate) == pytest.approx(440 * 2**channel, abs=2)
        assert np.sqrt((samples[:, channel] ** 2).mean()) == pytest.approx(0.4 / np.sqrt(2), rel=0.05)


def test_speech_coded_with_opus_is_taken() -> None:
    kept = taken(tone("OGG", rate=48000, subtype="OPUS"), "sound")
    assert kept.duration_ms == 1000


@pytest.mark.parametrize(
    ("rate", "target"), [(8000, 8000), (4000, 8000), (11127, 12000), (88200, 44100), (96000, 48000), (192000, 48000)]
)
def test_rates_that_mp3_does_not_have_become_the_next_one(rate: int, target: int) -> None:
    kept = taken(tone("WAV", rate=rate, seconds=2), "sound")
    samples, kept_rate = decoded(kept.content)
    assert kept_rate == target
    assert kept.duration_ms == pytest.approx(2000, abs=1)
    assert pitch(samples[:, 0], kept_rate) == pytest.approx(440, abs=2)


def test_tags_are_dropped() -> None:
    buffer = io.BytesIO()
    with soundfile.SoundFile(buffer, "w", samplerate=44100, channels=1, format="MP3") as target:
        target.artist, target.title = "Nguyễn Văn A", "SECRET TITLE"
        target.write(np.zeros(44100))
    assert b"SECRET TITLE" in buffer.getvalue()
    kept = taken(buffer.getvalue(), "sound").content
    assert b"SECRET" not in kept
    assert mp3_frames.are_all_frames(kept)


@pytest.mark.parametrize("form", ["WAV", "FLAC", "OGG", "MP3"])
@pytest.mark.parametrize("share", [0.3, 0.9, 0.99])
def test_a_sound_that_is_cut_off_is_refused(form: str, share: float) -> None:
    content = tone(form, channels=2)
    assert refused(content[: int(len(content) * share)], "sound") in {"sound_cut_off", "sound_damaged"}


def test_a_recording_whose_program_never_stated_its_length_is_taken() -> None:
    content = bytearray(tone("WAV", seconds=0.5))
    at = content.index(b"data") + 4
    content[4:8] = content[at : at + 4] = b"\xff\xff\xff\xff"
    assert taken(bytes(content), "sound").duration_ms == 500


def test_the_limit_of_time_holds_from_the_first_sample_too_many() -> None:
    limits = MediaLimits(sound=timedelta(seconds=1))
    assert taken(pcm(b"\1\0" * 8000), "sound", limits=limits).duration_ms == 1000
    assert refused(pcm(b"\1\0" * 8001), "sound", limits=limits) == "sound_too_long"
    assert refused(tone("MP3", seconds=1.2), "sound", limits=limits) == "sound_too_long"


def test_an_hour_of_silence_in_a_small_file_is_refused_before_it_is_decoded() -> None:
    buffer = io.BytesIO()
    with soundfile.SoundFile(buffer, "w", samplerate=8000, channels=1, format="FLAC") as target:
        for _ in range(60):
            target.write(np.zeros(8000 * 60, dtype=np.int16))
    assert len(buffer.getvalue()) < 200_000
    assert refused(buffer.getvalue(), "sound") == "sound_too_long"


def test_more_than_two_channels_and_no_sound_at_all_are_refused() -> None:
    assert refused(pcm(b"\0\0" * 300, channels=3), "sound") == "sound_too_many_channels"
    assert refused(pcm(b""), "sound") == "sound_empty"


def test_samples_that_are_no_numbers_or_too_loud_are_tamed() -> None:
    buffer = io.BytesIO()
    samples = np.full(44100, 40.0, dtype=np.float32)
    samples[1000:2000] = np.nan
    samples[2000:3000] = -np.inf
    soundfile.write(buffer, samples, 44100, format="WAV", subtype="FLOAT")
    heard, _ = decoded(taken(buffer.getvalue(), "sound").content)
    assert np.isfinite(heard).all()
    assert np.abs(heard).max() < 2


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\0\0\0\x20ftypM4A \0\0\0\0", "sound_type_unsupported"),
        (b"#!AMR\n", "sound_type_unsupported"),
        (saved(picture(9, 9), "PNG"), "media_not_sound"),
        (b"RIFF\x04\0\0\0WAVE", "sound_cut_off"),
        (b"fLaC\0\0\0\0", "sound_damaged"),
        (b"ID3\x04\0\0\0\0\0\0", "sound_damaged"),
        (b"OggS", "sound_cut_off"),
    ],
)
def test_other_files_are_refused_with_the_reason(content: bytes, code: str) -> None:
    assert refused(content, "sound", "nghe.mp3") == code


@pytest.mark.parametrize("form", ["WAV", "FLAC", "OGG", "MP3"])
def test_what_was_prepared_once_stays_as_it_is(form: str) -> None:
    content = tone(form, channels=2, rate=48000)
    once = taken(content, "sound")
    again = taken(once.content, "sound")
    assert taken(content, "sound") == once
    assert (again.content, again.duration_ms) == (once.content, once.duration_ms)


def test_an_mp3_of_another_encoder_or_with_a_tag_is_encoded_anew() -> None:
    louder = tone("MP3", bitrate_mode="CONSTANT", compression_level=0.0)
    kept = taken(louder, "sound")
    assert len(kept.content) < len(louder)
    own = kept.content
    tagged = b"ID3\x04\0\0\0\0\0\x0a" + b"\0" * 10 + own
    with_trailer = own + b"TAG" + b"x" * 125
    assert mp3_frames.are_all_frames(own)
    for content in (tagged, with_trailer):
        assert not mp3_frames.are_all_frames(content)
        assert mp3_frames.are_all_frames(taken(content, "sound").content)


@settings(max_examples=60, deadline=None)
@given(form=st.sampled_from(["WAV", "FLAC", "OGG", "MP3"]), data=st.data())
def test_damaged_bytes_give_a_sound_or_a_refusal_and_nothing_else(form: str, data: st.DataObject) -> None:
    content = bytearray(tone(form, rate=8000, seconds=0.2))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        kept = taken(bytes(content), "sound", limits=MediaLimits(sound=timedelta(seconds=5)))
    except Exception as error:
        assert type(error).__name__ == "InvalidMediaError", repr(error)  # noqa: PT017
    else:
        assert 0 < (kept.duration_ms or 0) <= 5001


@pytest.mark.parametrize(
    ("header", "length"),
    [
        (0xFFFB9000, 417),  # MPEG 1, 128 kbit/s, 44.1 kHz: 144 × 128000 / 44100 = 417.96
        (0xFFFB9200, 418),  # the same, padded
        (0xFFFBE400, 960),  # 320 kbit/s, 48 kHz
        (0xFFF34000, 104),  # MPEG 2, 32 kbit/s, 22.05 kHz: 72 × 32000 / 22050 = 104.49
        (0xFFE34000, 208),  # MPEG 2.5, 32 kbit/s, 11.025 kHz
        (0xFFFBF000, 0),  # no such bitrate
        (0xFFFB0000, 0),  # "free" bitrate: no length stated
        (0xFFFB9C00, 0),  # no such rate
        (0xFFFD9000, 0),  # Layer II
        (0xFFEB9000, 0),  # reserved version
        (0x00FB9000, 0),
    ],
)
def test_the_length_of_a_frame_follows_its_header(header: int, length: int) -> None:
    assert mp3_frames.frame_bytes(struct.pack(">I", header), 0) == length


def walked(content: bytes) -> Iterator[int]:
    """The places of frames that lie end to end."""
    at = 0
    while at < len(content):
        yield at
        at += mp3_frames.frame_bytes(content, at)


def restated(content: bytes, frames: int) -> bytes:
    """An MP3 whose first frame states another number of frames, and no number of bytes."""
    at = content.index(b"Xing")
    return content[: at + 4] + struct.pack(">II", 1, frames) + content[at + 12 :]


def untagged(content: bytes) -> bytes:
    return content[mp3_frames.frame_bytes(content, 0) :]


@pytest.mark.parametrize("rate", [44100, 16000, 8000])
@pytest.mark.parametrize("channels", [1, 2])
def test_sound_of_variable_bit_rate_without_a_count_is_heard_to_its_end(rate: int, channels: int) -> None:
    # A quiet beginning makes the first frames small; a decoder that guesses by them ends far too early or too late.
    time = np.arange(rate * 6) / rate
    loud = (time > 3)[:, None] * np.random.default_rng(5).normal(0, 0.2, (len(time), channels))
    buffer = io.BytesIO()
    soundfile.write(buffer, loud, rate, format="MP3", bitrate_mode="VARIABLE", compression_level=0.2)
    # Two frames are the delay of the encoder and the last one it fills up.
    two_frames = 2 * 1152 * 1000 / rate
    kept = taken(untagged(buffer.getvalue()), "sound")
    assert kept.duration_ms == pytest.approx(6000, abs=two_frames)
    samples, _ = decoded(kept.content)
    assert np.abs(samples[-rate // 2 : -rate // 8]).max() > 0.1
    assert len(samples) / rate == pytest.approx(6, abs=two_frames / 1000)


@pytest.mark.parametrize("between", [b"", b"TAG" + b"x" * 125, b"\xff\xffjunk\xff\xfb\0\0", b"\0" * 3000])
def test_sound_joined_from_two_files_is_heard_to_its_end(between: bytes) -> None:
    joined = tone("MP3", seconds=2) + between + tone("MP3", seconds=1, hertz=880)
    kept = taken(joined, "sound")
    assert kept.duration_ms == pytest.approx(3000, abs=100)
    samples, rate = decoded(kept.content)
    assert pitch(samples[rate // 2 : rate, 0], rate) == pytest.approx(440, abs=3)
    assert pitch(samples[-rate // 2 : -rate // 8, 0], rate) == pytest.approx(880, abs=6)


@pytest.mark.parametrize("stated", [0, 10, "one more"])
def test_a_count_that_is_too_small_or_counts_itself_is_put_right(stated: int | str) -> None:
    content = tone("MP3", seconds=2)
    sounding = len(list(walked(content))) - 1
    kept = taken(restated(content, sounding + 1 if isinstance(stated, str) else stated), "sound")
    assert kept.duration_ms == pytest.approx(2000, abs=60)


def test_frames_that_were_promised_and_are_not_there_are_missed() -> None:
    content = tone("MP3", seconds=2)
    sounding = len(list(walked(content))) - 1
    assert refused(restated(content, sounding + 10), "sound") == "sound_cut_off"


def test_a_file_full_of_false_beginnings_is_given_up() -> None:
    assert refused(tone("MP3", seconds=0.3) + b"\xff\xfb\x90\x01" * 150_000, "sound") == "sound_damaged"


def test_the_limit_of_time_holds_for_what_is_decoded() -> None:
    # The header of the sound is silent about its length.
    limits = MediaLimits(sound=timedelta(seconds=1))
    assert refused(untagged(tone("MP3", seconds=1.5)), "sound", limits=limits) == "sound_too_long"


def test_a_decoder_that_gives_more_than_the_header_said_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    class Endless(soundfile.SoundFile):  # type: ignore[misc]
        def read(self, frames: int, **_: object) -> NDArray[np.float32]:
            return np.zeros((frames, 1), dtype=np.float32)

    monkeypatch.setattr(soundfile, "SoundFile", Endless)
    assert refused(pcm(b"\0\0" * 100), "sound") == "sound_too_long"


def test_a_stream_whose_length_was_left_open_cannot_be_decoded() -> None:
    content = bytearray(tone("FLAC", rate=8000))
    # STREAMINFO holds 36 bits of total samples from the middle of its fourteenth byte on (RFC 9639, section 8.2).
    content[21] &= 0xF0
    content[22:26] = bytes(4)
    assert refused(bytes(content), "sound") == "sound_damaged"


def test_something_hidden_between_the_frames_of_our_own_sound_is_left_out() -> None:
    own = taken(tone("WAV", seconds=1), "sound").content
    places = list(walked(own))
    hidden = b"<script>alert(1)</script>"
    spliced = bytearray(own[: places[5]] + hidden + own[places[5] :])
    at = own.index(b"Xing") + 12
    spliced[at : at + 4] = struct.pack(">I", len(spliced))
    kept = taken(bytes(spliced), "sound")
    assert hidden not in kept.content
    assert mp3_frames.are_all_frames(kept.content)


def test_frames_are_counted_to_the_last_byte() -> None:
    content = tone("MP3", seconds=0.3)
    tag = mp3_frames.encoder_tag(content, 0)
    assert tag is not None
    assert tag.byte_count == len(content)
    assert mp3_frames.are_all_frames(content)
    assert not mp3_frames.are_all_frames(content[:-1])
    assert not mp3_frames.are_all_frames(content + b"\0")
    assert not mp3_frames.are_all_frames(b"")
    assert tag.frame_count == len(list(walked(content))) - 1
    assert mp3_frames.encoder_tag(b"no frame", 0) is None
    assert mp3_frames.first_frame(b"ID3\x04\0\x10\0\0\x01\x02rest") == 10 + 130 + 10
