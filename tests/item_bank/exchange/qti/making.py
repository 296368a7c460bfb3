"""Items, media and packages for tests of QTI."""

import io
import zipfile
from collections.abc import Mapping
from decimal import Decimal

from PIL import Image

from exam_engine.interactions.content import ItemContent
from exam_engine.interactions.keys import ItemKey
from exam_engine.media.preparing import prepare
from item_bank.exchange.exported import ExportedItem, ExportedMedia, ExportedStimulus
from item_bank.items.content import ItemDraft, ItemMetadata


def png(width: int = 640, height: int = 480) -> bytes:
    """A picture as the bank stores it."""
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(buffer, "PNG")
    return prepare(buffer.getvalue(), "a.png", "picture").content


PICTURE = prepare(png(), "a.png", "picture")
FILE = prepare("Họ tên,Điểm\nAn,9\n".encode(), "diem.csv", "attachment")
MEDIA = {one.sha256: ExportedMedia(one.content, one.content_type) for one in (PICTURE, FILE)}


def draft(
    content: ItemContent,
    key: ItemKey | None,
    code: str = "IU03-001",
    points: str = "1",
    explanation: str = "",
    stimulus_code: str | None = None,
) -> ItemDraft:
    """An item with all its metadata."""
    metadata = ItemMetadata(
        module_code="IU03",
        reference_code="IU03.2.1",
        cognitive_level="TH",
        points=Decimal(points),
        expected_seconds=90,
        source="Hội đồng thi",
        tags=("bảng tính", "hàm"),
        stimulus_code=stimulus_code,
    )
    return ItemDraft(code, content, key, metadata, explanation)


def exported(content: ItemContent, key: ItemKey | None, **more: str) -> ExportedItem:
    """An item as it leaves the bank."""
    return ExportedItem(draft(content, key, **more))


STIMULUS = ExportedStimulus("IU03-DOAN-1", "Bảng điểm", "<p>Cho bảng điểm <strong>lớp 10A</strong>.</p>")


def files_of(package: bytes) -> dict[str, bytes]:
    """The files of a ZIP archive by their path."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files: Mapping[str, bytes | str]) -> bytes:
    """A ZIP archive of files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()
