"""Pictures, embedded objects and text boxes: taken or reported, never lost in silence."""

import pytest

from exam_engine.core.errors import Fault
from item_bank.exchange.word.blocks import Paragraph, Picture
from item_bank.exchange.word.document import open_word
from tests.item_bank.exchange.word.word_files import paragraph, read, relationship, run, word_file

PNG = b"\x89PNG\r\n\x1a\nbytes of a picture"
LINKS = (
    relationship("p1", "image", "media/image1.png")
    + relationship("p2", "image", "/word/media/image2.wmf")
    + relationship("out", "image", "http://example.org/secret.png", external=True)
    + relationship("gone", "image", "media/gone.png")
    + relationship("climb", "image", "../../../etc/passwd")
    + relationship("ole", "oleObject", "embeddings/oleObject1.bin")
)
FILES = {"word/media/image1.png": PNG, "word/media/image2.wmf": b"wmf", "word/embeddings/oleObject1.bin": b"ole"}


def drawing(link: str = "p1", *, text: str = "", frame: str = "inline", attribute: str = "embed") -> str:
    picture = f'<pic:pic><pic:blipFill><a:blip r:{attribute}="{link}"/></pic:blipFill></pic:pic>'
    graphic = f'<a:graphic><a:graphicData uri="x/picture">{picture}</a:graphicData></a:graphic>'
    properties = f'<wp:extent cx="914400" cy="457200"/><wp:docPr id="1" name="Picture 1" descr="{text}"/>'
    return f"<w:r><w:drawing><wp:{frame}>{properties}{graphic}</wp:{frame}></w:drawing></w:r>"


def shape(link: str = "p1", attributes: str = 'style="width:36pt;height:1in"') -> str:
    return f'<v:shape {attributes}><v:imagedata r:id="{link}" o:title=""/></v:shape>'


def read_one(content: str) -> tuple[Paragraph, list[Fault]]:
    blocks, notes = read(word_file(paragraph(content), files=FILES, links=LINKS))
    assert isinstance(blocks[0], Paragraph)
    return blocks[0], notes


def pictures_of(content: str) -> list[Picture]:
    return [piece for piece in read_one(content)[0].content if isinstance(piece, Picture)]


def codes_of(content: str) -> list[str]:
    return [note.code for note in read_one(content)[1]]


def test_a_picture_stands_in_its_place_with_size_and_alternative_text() -> None:
    block, notes = read_one(run("A. ") + drawing(text="Sơ đồ  mạng\nhình sao") + run(" hình sao"))
    picture = block.content[1]
    assert picture == Picture(
        "image", "word/media/image1.png", "image/png", "Sơ đồ mạng hình sao", width=72.0, height=36.0
    )
    assert (block.text, notes) == ("A. \ufffc hình sao", [])


def test_the_bytes_of_a_picture_are_read_when_wanted() -> None:
    document = open_word(word_file(paragraph(drawing()), files=FILES, links=LINKS))
    (block,) = document.blocks()
    assert isinstance(block, Paragraph)
    (picture,) = block.content
    assert isinstance(picture, Picture)
    assert document.picture_bytes(picture) == PNG


def test_a_picture_beside_the_text_is_told_from_one_in_it() -> None:
    assert [found.is_anchored for found in pictures_of(drawing() + drawing(frame="anchor"))] == [False, True]


def test_the_name_that_word_gives_a_picture_is_no_alternative_text() -> None:
    assert pictures_of(drawing())[0].alternative_text == ""


def test_pictures_of_the_older_drawing_language_are_read() -> None:
    attributes = 'style="position:absolute;width:36pt;height:1in" alt="Bàn phím"'
    (picture,) = pictures_of(f"<w:r><w:pict>{shape('p1', attributes)}</w:pict></w:r>")
    assert (picture.part, picture.alternative_text) == ("word/media/image1.png", "Bàn phím")
    assert (picture.width, picture.height, picture.is_anchored) == (36.0, 72.0, True)


@pytest.mark.parametrize("link", ["gone", "climb", "not listed", ""])
def test_a_picture_without_data_is_noted_and_keeps_its_place(link: str) -> None:
    block, notes = read_one(drawing(link))
    (picture,) = block.content
    assert isinstance(picture, Picture)
    assert (picture.kind, picture.part, [note.code for note in notes]) == ("image", "", ["word_picture_missing"])


@pytest.mark.parametrize("attribute", ["embed", "link"])
def test_addresses_outside_are_noted_and_never_followed(attribute: str) -> None:
    block, notes = read_one(drawing("out", attribute=attribute))
    document = open_word(word_file(paragraph(drawing("out", attribute=attribute)), files=FILES, links=LINKS))
    (picture,) = block.content
    assert isinstance(picture, Picture)
    assert document.picture_bytes(picture) == b""
    assert [(note.code, note.params) for note in notes] == [
        ("word_external_picture", {"address": "http://example.org/secret.png"})
    ]


def test_metafiles_are_told_from_images() -> None:
    block, notes = read_one(drawing("p2"))
    (picture,) = block.content
    assert isinstance(picture, Picture)
    assert (picture.kind, picture.content_type) == ("metafile", "image/x-wmf")
    assert [(note.code, note.params) for note in notes] == [("word_metafile", {"name": "image2.wmf"})]


@pytest.mark.parametrize(
    ("program", "kind"),
    [
        ("Equation.DSMT4", "ole_equation"),
        ("Equation.3", "ole_equation"),
        ("MathType 6.0", "ole_equation"),
        ("Excel.Sheet.12", "ole_object"),
        ("", "ole_object"),
    ],
)
def test_embedded_objects_are_reported_with_their_preview(program: str, kind: str) -> None:
    link = f'<o:OLEObject Type="Embed" ProgID="{program}" r:id="ole"/>'
    block, notes = read_one(run("Cho ") + f"<w:r><w:object>{shape('p2')}{link}</w:object></w:r>")
    picture = block.content[1]
    assert isinstance(picture, Picture)
    assert (picture.kind, picture.part, picture.program) == (kind, "word/media/image2.wmf", program)
    assert [(note.code, note.params) for note in notes] == [(f"word_{kind}", {"program": program})]


def test_an_embedded_object_without_a_preview_is_not_lost() -> None:
    block, notes = read_one('<w:r><w:object><o:OLEObject ProgID="Equation.3" r:id="ole"/></w:object></w:r>')
    assert block.content == (Picture("ole_equation", "", program="Equation.3"),)
    assert [note.code for note in notes] == ["word_ole_equation"]


def test_charts_and_diagrams_are_reported() -> None:
    graphic = '<a:graphic><a:graphicData uri="http://x/2006/chart"/></a:graphic>'
    block, notes = read_one(
        f'<w:r><w:drawing><wp:inline><wp:docPr id="1" name="Biểu đồ 1"/>{graphic}</wp:inline></w:drawing></w:r>'
    )
    assert block.content == ()
    assert [(note.code, note.params) for note in notes] == [("word_drawing", {"kind": "chart", "name": "Biểu đồ 1"})]


def test_shapes_of_the_older_language_are_reported_but_for_rules_across_the_page() -> None:
    assert codes_of("<w:r><w:pict><v:oval/></w:pict></w:r>") == ["word_drawing"]
    assert codes_of('<w:r><w:pict><v:rect o:hr="t"/></w:pict></w:r>') == []


def test_pictures_of_a_group_have_their_own_alternative_texts() -> None:
    def member(link: str, text: str) -> str:
        return (
            f'<pic:pic><pic:nvPicPr><pic:cNvPr id="1" name="n" descr="{text}"/></pic:nvPicPr>'
            f'<pic:blipFill><a:blip r:embed="{link}"/></pic:blipFill></pic:pic>'
        )

    inside = member("p1", "Chuột") + member("p1", "")
    graphic = f'<a:graphic><a:graphicData uri="group">{inside}</a:graphicData></a:graphic>'
    frame = f'<wp:inline><wp:docPr id="1" name="g" descr="Thiết bị"/>{graphic}</wp:inline>'
    found = pictures_of(f"<w:r><w:drawing>{frame}</w:drawing></w:r>")
    assert [picture.alternative_text for picture in found] == ["Chuột", "Thiết bị"]


def text_box(inside: str) -> str:
    box = f"<wps:wsp><wps:txbx><w:txbxContent>{inside}</w:txbxContent></wps:txbx></wps:wsp>"
    graphic = f'<a:graphic><a:graphicData uri="shape">{box}</a:graphicData></a:graphic>'
    new = f"<w:drawing><wp:anchor>{graphic}</wp:anchor></w:drawing>"
    old = f"<w:pict><v:shape><v:textbox><w:txbxContent>{inside}</w:txbxContent></v:textbox></v:shape></w:pict>"
    choices = f'<mc:Choice Requires="wps">{new}</mc:Choice><mc:Fallback>{old}</mc:Fallback>'
    return f"<w:r><mc:AlternateContent>{choices}</mc:AlternateContent></w:r>"


def test_a_text_box_is_read_once_behind_its_paragraph_and_noted() -> None:
    body = paragraph(run("Câu 1.") + text_box(paragraph("A. Trong hộp") + paragraph(drawing()))) + paragraph("Câu 2.")
    blocks, notes = read(word_file(body, files=FILES, links=LINKS))
    assert [
        (block.text, block.is_in_text_box, block.place.paragraph) for block in blocks if isinstance(block, Paragraph)
    ] == [("Câu 1.", False, 1), ("A. Trong hộp", True, 2), ("\ufffc", True, 3), ("Câu 2.", False, 4)]
    assert [(note.code, note.place) for note in notes] == [("word_text_box", "¶ 1 “Câu 1.”")]


def test_text_boxes_in_text_boxes_are_read() -> None:
    blocks, _ = read(word_file(paragraph(text_box(paragraph(run("ngoài") + text_box(paragraph("trong")))))))
    assert [block.text for block in blocks] == ["", "ngoài", "trong"]


def test_drawings_in_the_code_of_a_field_are_not_shown() -> None:
    begin, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "end"))
    assert pictures_of(begin + drawing() + end + drawing()) == pictures_of(drawing())
