"""Pictures, embedded objects and text boxes of a run, in the drawing languages old and new."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from lxml import etree

from exam_engine.core.text import clean_line
from item_bank.exchange.word.blocks import Picture, PictureKind
from item_bank.exchange.word.errors import NoteCode
from item_bank.exchange.word.names import PIC, WP, A, O, R, V, W, number_of
from item_bank.exchange.word.notes import Notes
from item_bank.exchange.word.package import Package, Relation

_EMU_IN_POINT = 12_700.0
_TEXT_BOX = f"{W}txbxContent"
_METAFILE = re.compile(r"[ew]mf\b|\.[ew]m[fz]$")
_LENGTH = re.compile(r"(width|height)\s*:\s*([\d.]+)\s*(pt|in|cm|mm|px|pc)?")
_POINTS = {"pt": 1.0, "in": 72.0, "cm": 72.0 / 2.54, "mm": 72.0 / 25.4, "px": 0.75, "pc": 12.0, None: 0.75}
_EQUATION = re.compile(r"equation|mathtype", re.IGNORECASE)
_NAME_LENGTH = 80


@dataclass(slots=True)
class Drawn:
    """What one drawing holds: pictures, and the contents of text boxes."""

    pictures: list[Picture] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class DrawingReader:
    """Reads drawings of one part, whose links it knows."""

    package: Package
    relations: Mapping[str, Relation]
    notes: Notes

    def drawing(self, element: etree._Element) -> Drawn:
        """Read a ``w:drawing``; a chart, diagram or shape without text is noted, for only its place can be told."""
        drawn = Drawn(boxes=list(_outermost_boxes(element)))
        for frame in element.iterchildren(f"{WP}inline", f"{WP}anchor"):
            is_anchored = frame.tag == f"{WP}anchor"
            extent, properties = frame.find(f"{WP}extent"), frame.find(f"{WP}docPr")
            size = (0.0, 0.0)
            if extent is not None:
                size = (number_of(extent.get("cx")) / _EMU_IN_POINT, number_of(extent.get("cy")) / _EMU_IN_POINT)
            frame_text = _alternative(properties)
            blips = [blip for blip in frame.iter(f"{A}blip") if not _is_in_box(blip, frame)]
            for blip in blips:
                holder = next(blip.iterancestors(f"{PIC}pic"), None) if len(blips) > 1 else None
                own = holder.find(f"{PIC}nvPicPr/{PIC}cNvPr") if holder is not None else None
                text = _alternative(own) or frame_text
                link = blip.get(f"{R}embed") or blip.get(f"{R}link") or ""
                drawn.pictures.append(self._picture(link, text, size, is_anchored=is_anchored))
            if not blips and not drawn.boxes:
                self.notes.add(NoteCode.DRAWING, kind=_graphic(frame), name=_name(properties))
        return drawn

    def vml(self, element: etree._Element, *, is_preview: bool = False) -> Drawn:
        """Read a ``w:pict``, or the preview of a ``w:object``, which describe shapes in the older language."""
        drawn = Drawn(boxes=list(_outermost_boxes(element)))
        for shape in element.iter(f"{V}shape", f"{V}rect", f"{V}oval", f"{V}roundrect", f"{V}line", f"{V}polyline"):
            if _is_in_box(shape, element):
                continue
            image = shape.find(f"{V}imagedata")
            if image is not None:
                text = clean_line(shape.get("alt") or image.get(f"{O}title") or "")
                link = image.get(f"{R}id") or image.get(f"{R}href") or ""
                is_anchored = "absolute" in shape.get("style", "")
                picture = self._picture(link, text, _vml_size(shape), is_anchored=is_anchored, is_preview=is_preview)
                drawn.pictures.append(picture)
            elif not is_preview and not drawn.boxes and shape.get(f"{O}hr") is None:
                self.notes.add(NoteCode.DRAWING, kind="VML", name="")
        return drawn

    def embedded(self, element: etree._Element) -> Drawn:
        """Read a ``w:object``: the object itself stays closed, its preview picture is taken."""
        drawn = self.vml(element, is_preview=True)
        link = element.find(f".//{O}OLEObject")
        program = link.get("ProgID", "") if link is not None else ""
        kind: PictureKind = "ole_equation" if _EQUATION.search(program) else "ole_object"
        code = NoteCode.OLE_EQUATION if kind == "ole_equation" else NoteCode.OLE_OBJECT
        self.notes.add(code, program=program[:_NAME_LENGTH])
        preview = drawn.pictures[0] if drawn.pictures else Picture(kind, "")
        drawn.pictures = [replace(preview, kind=kind, program=program, is_anchored=False)]
        return drawn

    def _picture(
        self, link: str, text: str, size: tuple[float, float], *, is_anchored: bool, is_preview: bool = False
    ) -> Picture:
        relation = self.relations.get(link)
        if relation is not None and relation.is_external:
            self.notes.add(NoteCode.EXTERNAL_PICTURE, address=relation.target[-_NAME_LENGTH:])
            return Picture("image", "", "", text, *size, is_anchored=is_anchored)
        if relation is None or relation.target not in self.package:
            self.notes.add(NoteCode.PICTURE_MISSING)
            return Picture("image", "", "", text, *size, is_anchored=is_anchored)
        content_type = self.package.content_type(relation.target)
        is_metafile = _METAFILE.search(content_type) or _METAFILE.search(relation.target.lower())
        kind: PictureKind = "metafile" if is_metafile else "image"
        if is_metafile and not is_preview:
            self.notes.add(NoteCode.METAFILE, name=relation.target.rpartition("/")[2][:_NAME_LENGTH])
        return Picture(kind, relation.target, content_type, text, *size, is_anchored=is_anchored)


def _outermost_boxes(element: etree._Element) -> Iterator[etree._Element]:
    return (box for box in element.iter(_TEXT_BOX) if not _is_in_box(box, element))


def _is_in_box(inner: etree._Element, outer: etree._Element) -> bool:
    for ancestor in inner.iterancestors():
        if ancestor is outer:
            return False
        if ancestor.tag == _TEXT_BOX:
            return True
    return False


def _alternative(properties: etree._Element | None) -> str:
    # The name, such as "Picture 3", is given by the program and says nothing of the picture.
    return clean_line(properties.get("descr") or properties.get("title") or "") if properties is not None else ""


def _name(properties: etree._Element | None) -> str:
    return clean_line(properties.get("name") or "")[:_NAME_LENGTH] if properties is not None else ""


def _graphic(frame: etree._Element) -> str:
    data = frame.find(f"{A}graphic/{A}graphicData")
    return data.get("uri", "").rpartition("/")[2][:_NAME_LENGTH] if data is not None else ""


def _vml_size(shape: etree._Element) -> tuple[float, float]:
    lengths = {name: _points(number, unit) for name, number, unit in _LENGTH.findall(shape.get("style", ""))}
    return lengths.get("width", 0.0), lengths.get("height", 0.0)


def _points(number: str, unit: str) -> float:
    try:
        return float(number) * _POINTS[unit or None]
    except ValueError:
        return 0.0
