"""Numbers of identity papers: kinds, what a citizen card says, what a spreadsheet ate, what is shown."""

import pytest

from exam_engine.sittings.identity_papers import (
    CitizenCardFacts,
    citizen_card_facts,
    clean_number,
    masked,
    paper_kind,
    suffix_of,
    with_lost_zeros,
)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("068187001234", "citizen_card"),
        ("250123456", "old_card"),
        ("C1234567", "passport"),
        ("68187001234", None),
        ("0681870012345", None),
        ("25012345", None),
        ("ABCDEF", None),
        ("C12345", "passport"),
        ("C1234", None),
        ("", None),
        ("٠٦٨١٨٧٠٠١٢٣٤", None),
    ],
)
def test_the_kind_follows_from_the_form_of_the_number(number: str, kind: str | None) -> None:
    assert paper_kind(number) == kind


# Century and sex digit as the decree lays it down: 0 and 1 the 20th century, 2 and 3 the 21st; even men, odd women.
@pytest.mark.parametrize(
    ("number", "facts"),
    [
        ("068087001234", CitizenCardFacts("male", 1987)),
        ("068187001234", CitizenCardFacts("female", 1987)),
        ("068204001234", CitizenCardFacts("male", 2004)),
        ("068304001234", CitizenCardFacts("female", 2004)),
        ("068400001234", CitizenCardFacts("male", 2100)),
        ("250123456", None),
    ],
)
def test_a_citizen_card_tells_sex_and_year(number: str, facts: CitizenCardFacts | None) -> None:
    assert citizen_card_facts(number) == facts


@pytest.mark.parametrize(
    ("number", "proposal"),
    [
        ("68187001234", "068187001234"),
        ("1187001234", "001187001234"),
        ("25012345", "025012345"),
        ("187001234", None),
        ("068187001234", None),
        ("123456", None),
        ("C1234567", None),
    ],
)
def test_lost_zeros_are_proposed_where_one_or_two_are_missing(number: str, proposal: str | None) -> None:
    assert with_lost_zeros(number) == proposal


def test_spaces_dots_and_hyphens_do_not_belong_to_the_number() -> None:
    assert clean_number(" 068 187.001-234 ") == "068187001234"
    assert clean_number("c1234567") == "C1234567"


@pytest.mark.parametrize("number", ["068187001234", "250123456", "C1234567", "AB1234"])
def test_what_is_asked_for_at_login_is_never_shown(number: str) -> None:
    assert len(masked(number)) == len(number)
    assert masked(number) == number[: len(number) - 6] + "••••••"
    assert suffix_of(number) == number[-6:]
