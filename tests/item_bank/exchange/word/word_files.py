"""Word files written by hand, part by part, for tests."""

import io
import zipfile
from collections.abc import Mapping

from exam_engine.core.errors import Fault
from item_bank.exchange.word.blocks import Block, Paragraph, WordTable
from item_bank.exchange.word.document import WordDocument, open_word

OFFICE = "http://schemas.openxmlformats.org"
NAMESPACES = " ".join(
    f'xmlns:{prefix}="{address}"'
    for prefix, address in {
        "w": f"{OFFICE}/wordprocessingml/2006/main",
        "m": f"{OFFICE}/officeDocument/2006/math",
        "r": f"{OFFICE}/officeDocument/2006/relationships",
        "a": f"{OFFICE}/drawingml/2006/main",
        "wp": f"{OFFICE}/drawingml/2006/wordprocessingDrawing",
        "pic": f"{OFFICE}/drawingml/2006/picture",
        "mc": f"{OFFICE}/markup-compatibility/2006",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
        "v": "urn:schemas-microsoft-com:vml",
        "o": "urn:schemas-microsoft-com:office:office",
    }.items()
)
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
KINDS = ("styles", "numbering", "settings", "theme", "footnotes", "endnotes", "comments")


def word_file(
    body: str,
    *,
    parts: Mapping[str, str] | None = None,
    files: Mapping[str, bytes] | None = None,
    links: str = "",
    main_type: str = MAIN_TYPE,
) -> bytes:
    """Return a file with the given XML in its body.

    ``parts`` are the contents of ``styles``, ``numbering`` and so on inside their root element, ``files`` further
    parts by name, ``links`` relationships of the document besides those to its parts.
    """
    parts = parts or {}
    roots = {"theme": "a:theme"}
    written = {
        "[Content_Types].xml": content_types(main_type),
        "_rels/.rels": relationships(relationship("main", "officeDocument", "word/document.xml")),
        "word/document.xml": f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": relationships(
            "".join(relationship(kind, kind, f"{kind}.xml") for kind in parts) + links
        ),
    }
    for kind, content in parts.items():
        assert kind in KINDS
        root = roots.get(kind, f"w:{kind}")
        written[f"word/{kind}.xml"] = f"<{root} {NAMESPACES}>{content}</{root}>"
    return archive({**{name: text.encode() for name, text in written.items()}, **(files or {})})


def archive(files: Mapping[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", packing) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return buffer.getvalue()


def content_types(main_type: str = MAIN_TYPE) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Types xmlns="{OFFICE}/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>'
        '<Default Extension="wmf" ContentType="image/x-wmf"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main_type}"/></Types>'
    )


def relationships(content: str) -> str:
    return f'<Relationships xmlns="{OFFICE}/package/2006/relationships">{content}</Relationships>'


def relationship(name: str, kind: str, target: str, *, external: bool = False) -> str:
    mode = ' TargetMode="External"' if external else ""
    address = f"{OFFICE}/officeDocument/2006/relationships/{kind}"
    return f'<Relationship Id="{name}" Type="{address}" Target="{target}"{mode}/>'


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(content: str = "", properties: str = "") -> str:
    inside = content if content.startswith("<") or not content else run(content)
    return f"<w:p><w:pPr>{properties}</w:pPr>{inside}</w:p>"


def listed(text: str, num_id: int, level: int = 0) -> str:
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{num_id}"/></w:numPr>')


def definition(number: int, *levels: str) -> str:
    return f'<w:abstractNum w:abstractNumId="{number}">{"".join(levels)}</w:abstractNum>'


def level(number: int, number_format: str, text: str, more: str = "", start: int = 1) -> str:
    return (
        f'<w:lvl w:ilvl="{number}"><w:start w:val="{start}"/><w:numFmt w:val="{number_format}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def use(num_id: int, of: int, overrides: str = "") -> str:
    return f'<w:num w:numId="{num_id}"><w:abstractNumId w:val="{of}"/>{overrides}</w:num>'


def restarted(number: int, start: int) -> str:
    return f'<w:lvlOverride w:ilvl="{number}"><w:startOverride w:val="{start}"/></w:lvlOverride>'


def style(name: str, properties: str = "", kind: str = "paragraph", based_on: str = "", default: bool = False) -> str:
    base = f'<w:basedOn w:val="{based_on}"/>' if based_on else ""
    is_default = ' w:default="1"' if default else ""
    return (
        f'<w:style w:type="{kind}" w:styleId="{name}"{is_default}><w:name w:val="{name}"/>{base}{properties}</w:style>'
    )


def read(content: bytes) -> tuple[list[Block], list[Fault]]:
    document: WordDocument = open_word(content)
    return list(document.blocks()), document.notes


def blocks_of(body: str, **parts: str) -> list[Block]:
    return read(word_file(body, parts=parts))[0]


def paragraphs_of(body: str, **parts: str) -> list[Paragraph]:
    return [block for block in blocks_of(body, **parts) if isinstance(block, Paragraph)]


def paragraph_of(content: str, **parts: str) -> Paragraph:
    (block,) = paragraphs_of(paragraph(content), **parts)
    return block


def table_of(body: str) -> WordTable:
    (block,) = blocks_of(body)
    assert isinstance(block, WordTable)
    return block


def notes_of(body: str, **parts: str) -> list[Fault]:
    return read(word_file(body, parts=parts))[1]


def note_codes(body: str, **parts: str) -> list[str]:
    return [note.code for note in notes_of(body, **parts)]


def labels(body: str, **parts: str) -> list[str]:
    return [block.label.text for block in paragraphs_of(body, **parts)]
