"""Text in, HTML out, and back."""

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from item_bank.items.content import html_to_text, text_to_html

TEXT = st.text(alphabet=st.characters(blacklist_categories=["Cs", "Cc"], whitelist_characters="\n<>&\"'"), max_size=80)


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)


@given(TEXT)
def test_no_text_becomes_markup_other_than_line_breaks(text: str) -> None:
    parser = Tags()
    parser.feed(text_to_html(text))
    parser.close()
    assert parser.found == ["br"] * text.count("\n")


@given(TEXT)
def test_text_survives_being_shown(text: str) -> None:
    assert html_to_text(text_to_html(text)) == text


def test_a_typed_line_break_tag_is_text_and_an_entered_line_break_is_one() -> None:
    assert text_to_html("Thẻ <br>\nlà gì?") == "Thẻ &lt;br&gt;<br>là gì?"
