"""Rows of a run beside each other: codes and contents that stand twice, numbers that are free."""

from item_bank.exchange.census import Census, ClaimingRow


def census(**codes: str | None) -> Census:
    """Rows 1, 2, … at the places ``r1``, ``r2``, … with their codes."""
    return Census(ClaimingRow(number, place, code) for number, (place, code) in enumerate(codes.items(), start=1))


def test_a_code_of_several_rows_is_told_to_each_with_the_places_of_the_others() -> None:
    rows = census(r1="A-1", r2=None, r3="A-1", r4="A-1", r5="A-2")
    assert [rows.others_with("A-1", number) for number in (1, 3, 4)] == [["r3", "r4"], ["r1", "r4"], ["r1", "r3"]]
    assert rows.others_with("A-2", 5) == []
    assert rows.others_with("A-9", 2) == []


def test_a_row_that_claims_its_own_code_again_stands_there_once() -> None:
    rows = census(r1="A-1", r2=None)
    rows.claim(1, "A-1")
    assert rows.others_with("A-1", 1) == []
    rows.claim(2, "A-1")
    assert (rows.others_with("A-1", 1), rows.others_with("A-1", 2)) == (["r2"], ["r1"])


def test_the_first_row_with_a_content_is_none_that_comes_later() -> None:
    rows = census(r1=None, r2=None, r3=None)
    assert rows.first_with("same", 3) is None
    assert rows.first_with("same", 1) is None
    assert (rows.first_with("same", 2), rows.first_with("same", 3)) == ("r1", "r1")
    assert rows.first_with("other", 2) is None


def test_numbers_go_on_above_those_of_the_bank_and_of_all_rows() -> None:
    rows = census(r1="IU01-007", r2="IU01-X", r3="IU02-100")
    rows.count_from("IU01-", ["IU01-003", "IU01-0012", "IU011-999"])
    rows.count_from("IU02-", ["IU02-050"])
    rows.count_from("IU03-", [])
    assert rows.highest == {"IU01-": 12, "IU02-": 100, "IU03-": 0}
