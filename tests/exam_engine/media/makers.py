"""Real files of every kind, made by the libraries that make them everywhere."""

import io
import struct
import wave
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import docx
import numpy as np
import openpyxl
import soundfile
from numpy.typing import NDArray
from PIL import Image

from exam_engine.media.errors import InvalidMediaError
from exam_engine.media.limits import DEFAULT_LIMITS, MediaLimits, Purpose
from exam_engine.media.preparing import PreparedMedia, prepare


def refused(content: bytes, purpose: Purpose, name: str = "tep", limits: MediaLimits = DEFAULT_LIMITS) -> str:
    """Return the code with which a file is refused; the test fails when it is taken."""
    return refused_at(content, purpose, name, limits)[0]


def refused_at(
    content: bytes, purpose: Purpose, name: str = "tep", limits: MediaLimits = DEFAULT_LIMITS
) -> tuple[str, str]:
    """Return code and place of the refusal of a file."""
    try:
        taken = prepare(content, name, purpose, limits)
    except InvalidMediaError as error:
        (fault,) = error.faults
        return fault.code, fault.place
    raise AssertionError(f"taken as {taken}")


def taken(content: bytes, purpose: Purpose, name: str = "tep", limits: MediaLimits = DEFAULT_LIMITS) -> PreparedMedia:
    return prepare(content, name, purpose, limits)


def pixels_of(content: bytes) -> NDArray[np.uint8]:
    """Return the picture as (height, width, 4) bytes of red, green, blue and opacity."""
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGBA"))


def photograph(width: int, height: int) -> Image.Image:
    """Return smooth colours, as a camera sees them: red to the right, green downwards."""
    across, down = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    return Image.fromarray(np.stack([across, down, np.full_like(across, 90)], axis=2).astype(np.uint8))


def saved(image: Image.Image, form: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def png_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_declaring(width: int, height: int) -> bytes:
    """Return a PNG of some hundred bytes whose header promises a picture of any size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", data) + png_chunk(b"IEND", b"")


def tone(
    form: str, *, rate: int = 44100, channels: int = 1, seconds: float = 1.0, hertz: float = 440.0, **options: Any
) -> bytes:
    """Return a sine tone; the second channel is an octave above the first."""
    time = np.arange(round(rate * seconds)) / rate
    samples = np.stack([0.4 * np.sin(2 * np.pi * hertz * 2**n * time) for n in range(channels)], axis=1)
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate, format=form, **options)
    return buffer.getvalue()


def pcm(frames: bytes, *, rate: int = 8000, channels: int = 1) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as target:
        target.setnchannels(channels)
        target.setsampwidth(2)
        target.setframerate(rate)
        target.writeframes(frames)
    return buffer.getvalue()


def archive(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as target:
        for name, content in files.items():
            target.writestr(zipfile.ZipInfo(name), content, compress_type=method)
    return buffer.getvalue()


def word_file(text: str = "Soạn thảo văn bản") -> bytes:
    document = docx.Document()
    document.add_paragraph(text)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def excel_file() -> bytes:
    workbook = openpyxl.Workbook()
    workbook.active.append(["Họ tên", "Điểm"])  # type: ignore[union-attr]
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def with_parts(package: bytes, changes: Mapping[str, bytes]) -> bytes:
    """Return an archive with parts added or replaced."""
    with zipfile.ZipFile(io.BytesIO(package)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    return archive({**parts, **changes})


def pdf(*objects: bytes, trailer: bytes = b"/Root 1 0 R") -> bytes:
    """Return a PDF of one empty page with further objects; offsets are left to the reader to find."""
    own = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
    )
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (number, held) for number, held in enumerate(own + objects, start=1))
    return b"%PDF-1.7\n" + body + b"trailer\n<< " + trailer + b" >>\nstartxref\n0\n%%EOF\n"


def object_stream(content: bytes, name: bytes = b"/ObjStm") -> bytes:
    packed = zlib.compress(content)
    head = b"<< /Type %s /N 1 /First 4 /Filter /FlateDecode /Length %d >>" % (name, len(packed))
    return head + b"\nstream\n" + packed + b"\nendstream"
