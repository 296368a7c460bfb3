"""What rich text points at."""

from exam_engine.interactions.rich_text import gaps_of, hottexts_of, media_of

FIRST, SECOND = "a" * 64, "b" * 64


def test_media_are_named_once_in_the_order_of_their_first_place() -> None:
    html = (
        f'<p><img src="media:{SECOND}" alt="x"><audio src="media:{FIRST}" controls=""></audio></p>'
        f'<img src="media:{SECOND}" alt="y">'
    )
    assert media_of(html) == (SECOND, FIRST)


def test_words_that_look_like_media_are_words() -> None:
    assert media_of(f"<p>src=&quot;media:{FIRST}&quot; media:{FIRST}</p>") == ()
    assert media_of(f'<img src="media:{FIRST[1:]}" alt="media:{FIRST}">') == ()


def test_gaps_and_hot_texts_come_in_order_and_with_repeats() -> None:
    html = (
        '<p>a <span data-gap="g2"></span> <span data-hottext="h1">b</span></p>'
        '<ul><li><span data-gap="g1"></span><span data-gap="g2"></span></li></ul>'
    )
    assert gaps_of(html) == ("g2", "g1", "g2")
    assert hottexts_of(html) == ("h1",)


def test_plain_text_points_at_nothing() -> None:
    for text in ("", "Điền data-gap vào media: x", 'a &lt;span data-gap="g1"&gt;'):
        assert media_of(text) == gaps_of(text) == hottexts_of(text) == ()
