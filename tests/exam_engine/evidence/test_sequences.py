"""A chained sequence in a file: every single change is named with its place."""

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.delivery.journal import chain_hash
from exam_engine.evidence.sequences import ChainedSequence, Finding, Link

GENESIS = hashlib.sha256(b"genesis").hexdigest()


def make_links(count: int, *, is_numbered: bool, mark: str = "") -> list[Link]:
    links, previous = [], GENESIS
    for number in range(1, count + 1):
        rest = f"text {number} {mark}"
        previous = chain_hash(previous, f"{number}\n{rest}" if is_numbered else rest)
        links.append(Link(number, rest, previous))
    return links


def found_in(links: list[Link], whole: list[Link], *, is_numbered: bool, has_head: bool = True) -> list[Finding]:
    head = whole[-1].hash if has_head and whole else None
    sequence = ChainedSequence(GENESIS, total=len(whole), head=head, is_numbered=is_numbered)
    for link in links:
        sequence.feed(link)
    is_whole = sequence.end()
    findings = sequence.findings()
    assert is_whole is (findings == [])
    return findings


numbered = pytest.mark.parametrize("is_numbered", [True, False])
sizes = st.integers(1, 12)


@numbered
@given(st.integers(0, 12))
def test_an_untouched_sequence_is_clean(is_numbered: bool, size: int) -> None:
    links = make_links(size, is_numbered=is_numbered)
    assert found_in(links, links, is_numbered=is_numbered) == []


@numbered
@given(sizes, st.data())
def test_a_changed_text_is_named(is_numbered: bool, size: int, data: st.DataObject) -> None:
    whole = make_links(size, is_numbered=is_numbered)
    place = data.draw(st.integers(0, size - 1))
    links = [*whole]
    links[place] = replace(whole[place], rest="other")
    assert found_in(links, whole, is_numbered=is_numbered) == [Finding("changed", place + 1)]


@numbered
@given(sizes, st.data())
def test_a_changed_hash_is_named(is_numbered: bool, size: int, data: st.DataObject) -> None:
    whole = make_links(size, is_numbered=is_numbered)
    place = data.draw(st.integers(0, size - 1))
    links = [*whole]
    links[place] = replace(whole[place], hash="0" * 64)
    assert found_in(links, whole, is_numbered=is_numbered) == [Finding("changed", place + 1)]


@numbered
@given(sizes, st.data())
def test_a_changed_number_is_named(is_numbered: bool, size: int, data: st.DataObject) -> None:
    whole = make_links(size, is_numbered=is_numbered)
    place = data.draw(st.integers(0, size - 1))
    number = data.draw(st.integers(-3, 200).filter(lambda n: n != place + 1))
    links = [*whole]
    links[place] = replace(whole[place], number=number)
    findings = found_in(links, whole, is_numbered=is_numbered)
    # In the log the number is hashed with the text; in a journal the text has its own.
    assert Finding("changed", place + 1) in findings


@numbered
@given(sizes, st.data())
def test_a_missing_range_is_named(is_numbered: bool, size: int, data: st.DataObject) -> None:
    whole = make_links(size, is_numbered=is_numbered)
    first = data.draw(st.integers(0, size - 1))
    last = data.draw(st.integers(first, size - 1))
    links = [*whole[:first], *whole[last + 1 :]]
    assert found_in(links, whole, is_numbered=is_numbered) == [Finding("missing", first + 1, last + 1)]


@numbered
@given(sizes, st.data())
def test_a_copy_put_elsewhere_is_named(is_numbered: bool, size: int, data: st.DataObject) -> None:
    whole = make_links(size, is_numbered=is_numbered)
    copied, place = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    links = [*whole[:place], whole[copied], *whole[place:]]
    findings = found_in(links, whole, is_numbered=is_numbered)
    assert [(finding.kind, finding.number) for finding in findings] == [("inserted", copied + 1)]


@numbered
@given(sizes, st.data())
def test_a_link_made_up_to_fit_the_one_before_is_named(is_numbered: bool, size: int, data: st.DataObject) -> None:
    whole = make_links(size, is_numbered=is_numbered)
    place = data.draw(st.integers(0, size))
    previous = whole[place - 1].hash if place else GENESIS
    text = f"{place + 1}\nmade up" if is_numbered else "made up"
    links = [*whole[:place], Link(place + 1, "made up", chain_hash(previous, text)), *whole[place:]]
    findings = found_in(links, whole, is_numbered=is_numbered)
    assert [(finding.kind, finding.number) for finding in findings] == [("inserted", place + 1)]


@numbered
@given(st.integers(2, 12), st.data())
def test_a_swap_is_named(is_numbered: bool, size: int, data: st.DataObject) -> None:
    whole = make_links(size, is_numbered=is_numbered)
    first = data.draw(st.integers(0, size - 2))
    second = data.draw(st.integers(first + 1, size - 1))
    links = [*whole]
    links[first], links[second] = links[second], links[first]
    assert found_in(links, whole, is_numbered=is_numbered) == [Finding("swapped", first + 1, second + 1)]


@given(st.integers(3, 12), st.data())
def test_a_move_is_named(size: int, data: st.DataObject) -> None:
    whole = make_links(size, is_numbered=True)
    moved = data.draw(st.integers(0, size - 1))
    links = [link for link in whole if link is not whole[moved]]
    links.insert(data.draw(st.integers(0, size - 1)), whole[moved])
    findings = found_in(links, whole, is_numbered=True)
    if links == whole:
        assert findings == []
    else:
        assert all(moved + 1 in {finding.number, finding.other} for finding in findings)
        assert {finding.kind for finding in findings} <= {"moved", "swapped"}


@given(st.integers(2, 12), st.data())
def test_a_tail_made_anew_ends_otherwise(size: int, data: st.DataObject) -> None:
    whole = make_links(size, is_numbered=False)
    links = make_links(size, is_numbered=False, mark="anew")
    findings = found_in(links, whole, is_numbered=False)
    assert findings == [Finding("end_differs", size)]


@numbered
@given(sizes, st.data())
def test_a_swap_hides_no_change(is_numbered: bool, size: int, data: st.DataObject) -> None:
    whole = make_links(size + 4, is_numbered=is_numbered)
    links = [*whole]
    links[1] = replace(links[1], rest="other")
    links[1], links[size + 2] = links[size + 2], links[1]
    kinds = {finding.kind for finding in found_in(links, whole, is_numbered=is_numbered)}
    assert kinds == {"swapped", "changed"}


@given(st.lists(st.tuples(st.integers(-5, 30), st.sampled_from("abc")), max_size=60))
def test_any_rubbish_ends_and_is_not_whole(rubbish: list[tuple[int, str]]) -> None:
    whole = make_links(6, is_numbered=True)
    links = [Link(number, text, "0" * 64) for number, text in rubbish]
    assert found_in(links, whole, is_numbered=True)


def test_a_flood_of_strays_is_bounded() -> None:
    whole = make_links(3, is_numbered=True)
    findings = found_in([Link(99, "x", "0" * 64)] * 5000, whole, is_numbered=True)
    assert 0 < len(findings) < 1100
