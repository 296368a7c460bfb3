"""Formats of runs as Word combines them: defaults, styles, toggles, direct formatting."""

import pytest

from item_bank.exchange.word.blocks import PLAIN, Format
from tests.item_bank.exchange.word.word_files import paragraph, paragraph_of, paragraphs_of, run, style

BOLD = "<w:rPr><w:b/></w:rPr>"


def format_of(properties: str, **parts: str) -> Format:
    (found,) = paragraph_of(run("x", properties), **parts).runs
    return found.format


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ("<w:b/>", Format(is_bold=True)),
        ('<w:b w:val="true"/><w:i w:val="on"/>', Format(is_bold=True, is_italic=True)),
        ('<w:b w:val="0"/><w:i w:val="false"/><w:u w:val="none"/>', PLAIN),
        ('<w:u w:val="double"/>', Format(underline="double")),
        ("<w:strike/>", Format(is_struck=True)),
        ("<w:dstrike/>", Format(is_struck=True)),
        ("<w:vanish/>", Format(is_hidden=True)),
        ("<w:caps/>", Format(is_capitals=True)),
        ('<w:color w:val="ff0000"/>', Format(colour="FF0000")),
        ('<w:color w:val="auto"/>', PLAIN),
        ('<w:highlight w:val="yellow"/>', Format(highlight="FFFF00")),
        ('<w:highlight w:val="none"/>', PLAIN),
        ('<w:shd w:val="clear" w:fill="00FF00"/>', Format(highlight="00FF00")),
        ('<w:shd w:val="clear" w:fill="FFFFFF"/>', PLAIN),
        ('<w:highlight w:val="red"/><w:shd w:val="clear" w:fill="00FF00"/>', Format(highlight="FF0000")),
        ('<w:vertAlign w:val="subscript"/>', Format(position="sub")),
        ('<w:vertAlign w:val="superscript"/>', Format(position="sup")),
        ('<w:position w:val="8"/><w:sz w:val="19"/>', Format(position="sup")),
        ('<w:position w:val="-6"/>', Format(position="sub")),
        ('<w:position w:val="1"/>', PLAIN),
        ('<w:rFonts w:ascii="Arial" w:hAnsi="Arial"/>', Format(font="Arial")),
        ('<w:rFonts w:cs="Arial"/>', PLAIN),
        ('<w:b/><w:rPrChange w:id="1"><w:rPr><w:i/></w:rPr></w:rPrChange>', Format(is_bold=True)),
    ],
)
def test_what_a_run_states_itself_counts(properties: str, expected: Format) -> None:
    assert format_of(properties) == expected


@pytest.mark.parametrize("of_paragraph", [False, True])
@pytest.mark.parametrize("of_character", [False, True])
@pytest.mark.parametrize("direct", ["?", "0", "1"])
def test_toggles_of_two_kinds_of_style_cancel_and_the_run_has_the_last_word(
    of_paragraph: bool, of_character: bool, direct: str
) -> None:
    """ECMA-376 part 1, 17.7.3."""
    styles = style("P", BOLD if of_paragraph else "") + style("C", BOLD if of_character else "", kind="character")
    stated = "" if direct == "?" else f'<w:b w:val="{direct}"/>'
    content = paragraph(run("x", f'<w:rStyle w:val="C"/>{stated}'), '<w:pStyle w:val="P"/>')
    (block,) = paragraphs_of(content, styles=styles)
    expected = {"?": of_paragraph != of_character, "0": False, "1": True}[direct]
    assert block.runs[0].format.is_bold is expected


def test_toggles_in_a_chain_of_paragraph_styles_replace_each_other() -> None:
    styles = style("A", BOLD) + style("B", BOLD, based_on="A") + style("C", based_on="B")
    off = '<w:rPr><w:b w:val="0"/></w:rPr>'
    styles += style("D", off, based_on="C")
    bold = [
        paragraphs_of(paragraph("x", f'<w:pStyle w:val="{name}"/>'), styles=styles)[0].runs[0].format.is_bold
        for name in "ABCD"
    ]
    assert bold == [True, True, True, False]


def test_toggles_that_the_defaults_turn_on_stay_on() -> None:
    styles = f"<w:docDefaults><w:rPrDefault>{BOLD}</w:rPrDefault></w:docDefaults>" + style("P", BOLD)
    (block,) = paragraphs_of(paragraph("x", '<w:pStyle w:val="P"/>'), styles=styles)
    assert block.runs[0].format.is_bold


def test_other_properties_come_from_the_nearest_that_states_them() -> None:
    styles = (
        '<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Default" w:hAnsi="Default"/><w:color w:val="111111"/>'
        "</w:rPr></w:rPrDefault></w:docDefaults>"
        + style("P", '<w:rPr><w:color w:val="222222"/><w:u w:val="single"/></w:rPr>', default=True)
        + style("C", '<w:rPr><w:color w:val="333333"/></w:rPr>', kind="character")
    )
    assert format_of("", styles=styles) == Format(font="Default", colour="222222", underline="single")
    in_style = format_of('<w:rStyle w:val="C"/>', styles=styles)
    assert in_style == Format(font="Default", colour="333333", underline="single")
    direct = format_of('<w:rStyle w:val="C"/><w:color w:val="444444"/><w:u w:val="none"/>', styles=styles)
    assert direct == Format(font="Default", colour="444444")


def test_a_style_that_is_not_defined_is_the_default_one() -> None:
    styles = style("Usual", BOLD, default=True)
    (block,) = paragraphs_of(paragraph("x", '<w:pStyle w:val="Gone"/>'), styles=styles)
    assert (block.style, block.runs[0].format.is_bold) == ("Usual", True)


def test_the_default_character_style_counts_where_none_is_named() -> None:
    assert format_of("", styles=style("C", BOLD, kind="character", default=True)).is_bold


def test_styles_based_on_each_other_in_a_circle_end() -> None:
    styles = style("A", BOLD, based_on="B") + style("B", "<w:rPr><w:i/></w:rPr>", based_on="A")
    (block,) = paragraphs_of(paragraph("x", '<w:pStyle w:val="A"/>'), styles=styles)
    assert block.runs[0].format == Format(is_bold=True, is_italic=True)


THEME = (
    '<a:themeElements><a:clrScheme name="s"><a:dk1><a:sysClr val="windowText" lastClr="0A0A0A"/></a:dk1>'
    '<a:lt1><a:srgbClr val="FFFFFF"/></a:lt1><a:dk2><a:srgbClr val="1f497d"/></a:dk2>'
    '<a:accent2><a:srgbClr val="C0504D"/></a:accent2></a:clrScheme><a:fontScheme name="f">'
    '<a:majorFont><a:latin typeface="Cambria"/></a:majorFont><a:minorFont><a:latin typeface="Calibri"/></a:minorFont>'
    "</a:fontScheme></a:themeElements>"
)


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ('<w:color w:val="auto" w:themeColor="accent2"/>', Format(colour="C0504D")),
        ('<w:color w:val="943634" w:themeColor="accent2" w:themeShade="BF"/>', Format(colour="943634")),
        ('<w:color w:themeColor="text1"/>', Format(colour="0A0A0A")),
        ('<w:color w:themeColor="text2"/>', Format(colour="1F497D")),
        ('<w:shd w:val="clear" w:fill="auto" w:themeFill="accent2"/>', Format(highlight="C0504D")),
        ('<w:shd w:val="clear" w:fill="auto" w:themeFill="background1"/>', PLAIN),
        ('<w:rFonts w:asciiTheme="minorHAnsi" w:hAnsiTheme="minorHAnsi"/>', Format(font="Calibri")),
        ('<w:rFonts w:asciiTheme="majorHAnsi" w:hAnsiTheme="majorHAnsi"/>', Format(font="Cambria")),
    ],
)
def test_colours_and_fonts_of_the_theme_are_looked_up(properties: str, expected: Format) -> None:
    assert format_of(properties, theme=THEME) == expected


def test_settings_may_map_the_colours_of_the_theme() -> None:
    settings = '<w:clrSchemeMapping w:bg1="dark1" w:t1="light1"/>'
    assert format_of('<w:color w:themeColor="text1"/>', theme=THEME, settings=settings) == Format(colour="FFFFFF")


def test_indent_alignment_and_level_of_headings_come_with_the_style() -> None:
    properties = '<w:pPr><w:jc w:val="center"/><w:ind w:left="720"/><w:outlineLvl w:val="1"/></w:pPr>'
    styles = style("H", properties)
    body = paragraph("x", '<w:pStyle w:val="H"/>') + paragraph(
        "y", '<w:pStyle w:val="H"/><w:ind w:start="360"/><w:jc w:val="left"/><w:outlineLvl w:val="9"/>'
    )
    blocks = paragraphs_of(body, styles=styles)
    assert [(block.indent, block.is_centred, block.level) for block in blocks] == [(36.0, True, 1), (18.0, False, 0)]
