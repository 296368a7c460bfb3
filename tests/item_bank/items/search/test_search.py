"""One search, two databases: its answers are those of a plain reading of the bank."""

import random
import re
import unicodedata
from collections import Counter
from collections.abc import Callable

import pytest

from exam_engine.core.db import Database
from item_bank.items.models import Item
from item_bank.items.records import ItemFilter
from item_bank.items.search.queries import search
from tests.item_bank.items.search.banks import PEOPLE, SYLLABLES, Known, random_bank, store

ME = min(PEOPLE)


def plain(text: str) -> str:
    unmarked = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return unmarked.replace("đ", "d").replace("Đ", "d").casefold()


def spoken(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", plain(text))


def lines(item: Known) -> tuple[list[str], list[str]]:
    first = spoken(f"{item.code} {item.stem}")
    return first, [*first, *spoken(" ".join((*item.others, *item.tags)))]


def stands_in(words: list[str], wanted: list[str], *, is_beginning: bool) -> bool:
    for start in range(len(words) - len(wanted) + 1):
        there = words[start : start + len(wanted)]
        if there == wanted or (is_beginning and there[:-1] == wanted[:-1] and there[-1].startswith(wanted[-1])):
            return True
    return False


class Asked:
    """A search put together from parts whose meaning is told beside them."""

    def __init__(self, rng: random.Random) -> None:
        self.parts: list[str] = []
        self.tests: list[Callable[[Known], bool]] = []
        self.phrases: list[tuple[list[str], bool]] = []
        for _ in range(rng.randint(0, 2)):
            rng.choice([self.filter, self.exclusion, self.phrase])(rng)
        if rng.random() < 0.7:
            self.beginning(rng)

    def add(self, part: str, test: Callable[[Known], bool]) -> None:
        self.parts.append(part)
        self.tests.append(test)

    def words(self, rng: random.Random) -> str:
        return " ".join(rng.choices(SYLLABLES, k=rng.randint(1, 2)))

    def phrase(self, rng: random.Random) -> None:
        text = self.words(rng)
        wanted = spoken(text)
        self.phrases.append((wanted, False))
        self.add(f'"{text}"', lambda item: stands_in(lines(item)[1], wanted, is_beginning=False))

    def exclusion(self, rng: random.Random) -> None:
        word = rng.choice(SYLLABLES)
        self.add(f"-{word}", lambda item: not stands_in(lines(item)[1], spoken(word), is_beginning=False))

    def beginning(self, rng: random.Random) -> None:
        text = rng.choice(["IU04", "iu-05-0", "A1", "A1:A5", *(one[: rng.randint(1, len(one))] for one in SYLLABLES)])
        wanted = spoken(text)
        self.phrases.append((wanted, True))
        self.add(text, lambda item: stands_in(lines(item)[1], wanted, is_beginning=True))

    def filter(self, rng: random.Random) -> None:
        choices: list[tuple[str, Callable[[Known], bool]]] = [
            ("module:iu04", lambda item: item.module == "IU04"),
            ("-level:NB,TH", lambda item: item.level == "VD"),
            ("trangthai:draft", lambda item: item.status == "draft"),
            ("kind:match", lambda item: item.kind == "match"),
            ('tag:"CÔNG THỨC"', lambda item: "cong thuc" in map(plain, item.tags)),
            ('tag:"50% de"', lambda item: "50% dễ" in item.tags),
            ("-tag:a_b", lambda item: "a_b" not in item.tags),
            ("author:binh", lambda item: item.author != ME),
            ("assignee:me", lambda item: item.assignee == ME),
            ("assignee:none", lambda item: item.assignee is None),
            ("-assignee:me", lambda item: item.assignee != ME),
            ("has:key", lambda item: item.has_key),
            ("-has:parameters", lambda item: item.p is None),
            ("p:0,3..0.9", lambda item: item.p in {0.5, 0.8}),
            ("p:<0.5", lambda item: item.p == 0.2),
            ("b:>=0", lambda item: item.p is not None and (item.b or 0) >= 0),
            ("code:iu04-00", lambda item: item.code.startswith("IU04-00")),
            ("forms:>0", lambda item: False),
        ]
        self.add(*rng.choice(choices))

    def matches(self, item: Known) -> bool:
        return all(test(item) for test in self.tests)

    def fit(self, item: Known) -> tuple[int, str]:
        if not self.phrases:
            return 0, item.code
        text = plain(" ".join(self.parts))
        code = item.code.lower()
        if code.startswith(text):
            return (0 if code == text else 1), item.code
        stem = lines(item)[0]
        return (2 if all(stands_in(stem, w, is_beginning=b) for w, b in self.phrases) else 3), item.code


@pytest.mark.parametrize("seed", range(3))
async def test_a_search_finds_what_a_plain_reading_finds_in_the_same_order(database: Database, seed: int) -> None:
    rng = random.Random(seed)
    bank = random_bank(rng, 40)
    async with database.write() as session:
        await store(session, bank)
    found_something = 0
    async with database.read() as session:
        for _ in range(80):
            asked = Asked(rng)
            levels = tuple(sorted(rng.sample(["NB", "TH", "VD"], rng.choice([0, 0, 1, 2]))))
            statuses = ("draft", "operational") if rng.random() < 0.3 else ()
            wanted = ItemFilter(q=" ".join(asked.parts), levels=levels, statuses=statuses, me=ME)
            typed = [item for item in bank if asked.matches(item)]
            by_level = [item for item in typed if not statuses or item.status in statuses]
            expected = [item for item in by_level if not levels or item.level in levels]
            found = await search(session, wanted, sort="fit", offset=0, limit=100)
            codes = [listed.item.code for listed in found.items]
            assert codes == [item.code for item in sorted(expected, key=asked.fit)], wanted
            assert found.total == len(expected)
            assert found.facets["level"] == Counter(item.level for item in by_level), wanted
            assert found.facets["kind"] == Counter(item.kind for item in expected)
            found_something += bool(0 < len(expected) < len(bank))
    assert found_something > 20, "most searches must tell items apart"


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        (("IU04",), {"IU04", "IU04.2", "IU04.2.1", "IU04.21"}),
        (("IU04.2",), {"IU04.2", "IU04.2.1"}),
        (("IU04.2.1", "IU05.2"), {"IU04.2.1", "IU05.2"}),
        (("IU0",), set()),
        (("IU04_2",), set()),
    ],
)
async def test_an_entry_of_the_syllabus_stands_for_all_that_lies_in_it(
    database: Database, entries: tuple[str, ...], found: set[str]
) -> None:
    places = ("IU04", "IU04.2", "IU04.2.1", "IU04.21", "IU05.2")
    bank = random_bank(random.Random(1), len(places))
    async with database.write() as session:
        await store(session, bank)
        for known, place in zip(bank, places, strict=True):
            (await session.get_one(Item, known.id)).reference_code = place
    async with database.read() as session:
        asked = await search(session, ItemFilter(references=entries), sort="code", offset=0, limit=100)
        assert {listed.item.reference_code for listed in asked.items} == found
        typed = await search(session, ItemFilter(q=f"muc:{','.join(entries)}"), sort="code", offset=0, limit=100)
        assert typed.total == asked.total == len(found)
