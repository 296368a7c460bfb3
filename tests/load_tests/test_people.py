"""Made-up people belong to nobody and have names as people in Vietnam have them."""

import random
import unicodedata

from load_tests.candidates import Timings
from load_tests.people import make_people


def test_identity_numbers_differ_and_belong_to_no_province() -> None:
    people = make_people(400, random.Random(1))
    numbers = [person.identity_number for person in people]
    assert len(set(numbers)) == 400
    assert {(len(number), number[:3], number.isdecimal()) for number in numbers} == {(12, "999", True)}


def test_the_number_tells_century_sex_and_year_as_citizen_cards_do() -> None:
    for person in make_people(200, random.Random(2)):
        century = (person.birth_date.year // 100 - 19) * 2
        assert person.identity_number[3:6] == f"{century + (person.sex == 'Nữ')}{person.birth_date.year % 100:02d}"


def test_names_are_in_composed_form_and_some_are_of_the_highlands() -> None:
    people = make_people(80, random.Random(3))
    assert all(unicodedata.is_normalized("NFC", person.full_name) for person in people)
    assert {"K' Brếp", "Ka Hồng", "Y Moan Êban"} <= {person.full_name for person in people}


def test_the_same_seed_makes_the_same_people() -> None:
    assert make_people(10, random.Random(4)) == make_people(10, random.Random(4))


def test_a_percentile_is_one_of_the_measured_values() -> None:
    timings = Timings()
    assert timings.percentile("save", 0.95) == 0.0
    for seconds in range(100, 0, -1):
        timings.add("save", float(seconds))
    assert (timings.percentile("save", 0.5), timings.percentile("save", 0.95)) == (51.0, 96.0)
    assert timings.percentile("save", 1.0) == 100.0
