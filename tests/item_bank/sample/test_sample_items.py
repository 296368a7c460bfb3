"""Every shipped module that is written as TOML: whole, well written, balanced, and read a second time."""

import csv
import re
import tomllib
from collections import Counter
from fractions import Fraction
from functools import cache
from importlib.resources import as_file, files
from itertools import pairwise

import pytest

from exam_engine.interactions.checking import check_item
from exam_engine.interactions.content import (
    ExtendedText,
    FileUpload,
    HotspotChoice,
    HotText,
    InlineChoice,
    SelectPoint,
    SingleChoice,
    TrueFalseTable,
)
from exam_engine.interactions.keys import PairKey, RubricKey, TrueFalseKey
from exam_engine.interactions.rich_text import media_of, plain_text, sanitise
from exam_engine.interactions.rich_text.checking import check
from exam_engine.interactions.scoring import score
from exam_engine.interactions.texts import media_hashes, texts
from item_bank.items.content import stored_form
from item_bank.quality.duplicates import DuplicateIndex
from item_bank.quality.linting import lint_set
from item_bank.quality.reading import ReadableItem, findings_of, item_text, linted_item
from item_bank.sample.modules import FOLDER, SampleItem, SampleModule, load_module, module_files, sample_bank

FILES = {file.name.removesuffix(".toml"): file for file in module_files(FOLDER)}
LEVELS = {"NB": 16, "TH": 12, "VD": 8, "VDC": 4}
KIB = 1024


@cache
def module(name: str) -> SampleModule:
    return load_module(FILES[name], FOLDER)


def questions(name: str) -> list[SampleItem]:
    """The items of a paper, without practical tasks."""
    return [item for item in module(name).items if not isinstance(item.draft.content, FileUpload)]


def readable(item: SampleItem) -> ReadableItem:
    draft = item.draft
    return ReadableItem(
        draft.content,
        code=draft.code,
        cognitive_level=draft.metadata.cognitive_level,
        key=draft.key,
        explanation=draft.explanation,
        has_stimulus=draft.metadata.stimulus_code is not None,
    )


every_module = pytest.mark.parametrize("name", FILES)


@every_module
def test_every_item_can_be_delivered_and_scored(name: str) -> None:
    faults = {item.draft.code: check_item(item.draft.content, item.draft.key) for item in module(name).items}
    assert {code: found for code, found in faults.items() if found} == {}


@every_module
def test_a_module_has_forty_items_at_the_agreed_levels_and_of_many_kinds(name: str) -> None:
    items = questions(name)
    assert Counter(item.draft.metadata.cognitive_level for item in items) == LEVELS
    assert len({item.draft.content.interaction for item in items}) >= 8


@every_module
def test_codes_are_unique_and_belong_to_the_module(name: str) -> None:
    codes = [item.draft.code for item in module(name).items] + [stimulus.code for stimulus in module(name).stimuli]
    assert [code for code, count in Counter(codes).items() if count > 1] == []
    assert {code.partition("-")[0] for code in codes} == {module(name).code} == {name.upper()}


@every_module
def test_references_are_known_to_the_shipped_syllabus(name: str) -> None:
    syllabus = tomllib.loads((files("item_bank.syllabus") / "tt03_2014.toml").read_text(encoding="utf-8"))
    known = {module["code"]: {module["code"], *module.get("parts", {})} for module in syllabus["modules"]}
    unknown = {item.draft.metadata.reference_code for item in module(name).items} - known[module(name).code]
    assert unknown == set()


@every_module
def test_each_stimulus_is_shared_by_three_or_four_items_that_stand_together(name: str) -> None:
    assert len(module(name).stimuli) >= 2
    order = [item.draft.metadata.stimulus_code for item in module(name).items]
    for stimulus in module(name).stimuli:
        assert 3 <= order.count(stimulus.code) <= 4, stimulus.code
        places = [place for place, code in enumerate(order) if code == stimulus.code]
        assert all(later == earlier + 1 for earlier, later in pairwise(places)), stimulus.code


@every_module
def test_texts_are_canonical_and_pictures_have_words(name: str) -> None:
    own = [(stimulus.code, stimulus.content) for stimulus in module(name).stimuli]
    for item in module(name).items:
        own += [(f"{item.draft.code} {place}", html) for place, html in texts(item.draft.content)]
        own.append((f"{item.draft.code} explanation", item.draft.explanation))
        if isinstance(item.draft.key, RubricKey):
            own.append((f"{item.draft.code} model answer", item.draft.key.model_answer))
    for place, html in own:
        assert sanitise(html).html == html, place
        assert check(html) == [], place
        assert plain_text(html) or media_of(html) or place.endswith(("stem", "model answer")), place


@every_module
def test_pictures_are_at_least_four_and_small_and_every_file_is_used(name: str) -> None:
    used = set()
    for item in module(name).items:
        used |= set(media_hashes(item.draft.content))
        used |= {sha256 for _, html in texts(item.draft.content) for sha256 in media_of(html)}
        used |= set(media_of(item.draft.explanation))
        if isinstance(item.draft.key, RubricKey):
            used |= set(media_of(item.draft.key.model_answer))
    used |= {sha256 for stimulus in module(name).stimuli for sha256 in media_of(stimulus.content)}
    assert used == set(module(name).media)
    pictures = [file for file in module(name).media.values() if file.purpose == "picture"]
    assert len(pictures) >= 4
    names = {file.original_name for file in module(name).media.values()}
    for folder, most in (("pictures", 60 * KIB), ("files", 1024 * KIB)):
        with as_file(FOLDER / folder) as path:
            stored = [file for file in path.iterdir() if file.name.startswith(f"{name}-")]
        assert {file.name for file in stored} <= names
        assert [file.name for file in stored if file.stat().st_size > most] == []


@every_module
def test_keys_stand_at_every_position_about_equally_often(name: str) -> None:
    places: Counter[int] = Counter()
    for item in questions(name):
        content = item.draft.content
        if isinstance(content, SingleChoice) and item.draft.stored_key is not None:
            assert len(content.options) == 4, item.draft.code
            ids = [option.id for option in content.options]
            places[ids.index(item.draft.stored_key["correct"][0])] += 1
    counts = [places[place] for place in range(4)]
    assert max(counts) - min(counts) <= 2, counts


@every_module
def test_about_half_of_the_statements_are_true_and_lists_in_a_passage_vary_the_place_of_the_key(name: str) -> None:
    verdicts: list[bool] = []
    firsts = []
    for item in questions(name):
        content, key = item.draft.content, item.draft.key
        if isinstance(content, TrueFalseTable) and isinstance(key, TrueFalseKey):
            verdicts += key.values.values()
        if isinstance(content, InlineChoice) and isinstance(key, PairKey):
            right = dict(key.pairs)
            firsts += [gap.options[0].id == right[gap.id] for gap in content.gaps]
    assert not verdicts or 0.35 <= sum(verdicts) / len(verdicts) <= 0.65
    assert not firsts or sum(firsts) / len(firsts) <= 0.5


@every_module
def test_the_linter_finds_nothing_but_hints_that_were_judged(name: str) -> None:
    found = {item.draft.code: findings_of(readable(item)) for item in module(name).items}
    assert {code for code, findings in found.items() for finding in findings if finding.severity != "hint"} == set()
    judged = {item.draft.code: set(item.accepted_findings) for item in module(name).items}
    assert {code: {finding.rule for finding in findings} for code, findings in found.items()} == judged


@every_module
def test_no_item_gives_away_the_key_of_another(name: str) -> None:
    report = lint_set([linted_item(readable(item)) for item in questions(name)])
    assert report.findings == ()


@every_module
def test_times_are_such_that_forty_items_fit_into_an_exam_and_tell_of_the_level(name: str) -> None:
    seconds: dict[str, list[int]] = {level: [] for level in LEVELS}
    for item in questions(name):
        assert item.draft.metadata.expected_seconds is not None
        seconds[item.draft.metadata.cognitive_level].append(item.draft.metadata.expected_seconds)
    means = [sum(times) / len(times) for times in seconds.values()]
    assert means == sorted(means), "more demanding items take longer"
    assert sum(map(sum, seconds.values())) <= 60 * 60


@every_module
def test_rubrics_sum_to_the_points_of_their_items(name: str) -> None:
    for item in module(name).items:
        if isinstance(item.draft.key, RubricKey):
            total = sum(Fraction(criterion.points) for criterion in item.draft.key.criteria)
            assert total == Fraction(item.draft.metadata.points), item.draft.code
            assert all(criterion.description for criterion in item.draft.key.criteria), item.draft.code
            assert item.draft.key.model_answer, item.draft.code


@every_module
def test_every_item_was_read_a_second_time_and_its_key_confirmed(name: str) -> None:
    """The reader's answer is scored: entries of a response, parted by `` | ``; of items that people mark, a remark."""
    text = (FOLDER / "readings" / f"{name}.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert set(rows[0]) == {"code", "answer", "agrees", "remark", "changed"}
    assert {row["agrees"] for row in rows} <= {"yes", "no"}
    assert all(row["changed"] for row in rows if row["agrees"] == "no"), "a reader who disagrees brings a change"
    last = {row["code"]: row for row in rows}
    assert {code for code, row in last.items() if row["agrees"] == "no"} == set()
    items = {item.draft.code: item.draft for item in module(name).items}
    assert set(last) == set(items)
    for code, draft in items.items():
        assert draft.key is not None
        if isinstance(draft.content, ExtendedText | FileUpload):
            assert last[code]["remark"], code
        else:
            assert score(draft.content, draft.key, last[code]["answer"].split(" | ")).is_correct, code


@every_module
def test_items_that_the_reader_found_to_give_each_other_away_are_enemies(name: str) -> None:
    """What a reading says was declared is declared."""
    declared = {frozenset((pair.first, pair.second)) for pair in module(name).enemies}
    said = set()
    for row in csv.DictReader((FOLDER / "readings" / f"{name}.csv").read_text(encoding="utf-8").splitlines()):
        _, _, others = row["changed"].lower().partition("khai báo loại trừ với ")
        said |= {frozenset((row["code"], code.upper())) for code in re.findall(r"iu\d\d-\w+", others)}
    assert said == declared


@every_module
def test_areas_of_pictures_can_be_hit_with_a_finger(name: str) -> None:
    for item in questions(name):
        content, stored = item.draft.content, item.draft.stored_key
        areas = [(spot.shape, spot.coordinates) for spot in getattr(content, "hotspots", ())]
        if isinstance(content, SelectPoint) and stored is not None:
            areas += [(area["shape"], area["coordinates"]) for area in stored["areas"]]
        if isinstance(content, HotspotChoice | SelectPoint):
            assert content.picture.width <= 1400, "drawn at about the size at which it is shown"
        for shape, coordinates in areas:
            if shape == "rectangle":
                left, top, right, bottom = coordinates
                assert min(right - left, bottom - top) >= 24, item.draft.code
            elif shape == "circle":
                assert coordinates[2] >= 12, item.draft.code


@every_module
def test_marked_words_are_more_than_the_right_ones(name: str) -> None:
    for item in questions(name):
        if isinstance(item.draft.content, HotText) and item.draft.stored_key is not None:
            assert len(item.draft.content.hottexts) >= 2 * len(item.draft.stored_key["correct"]), item.draft.code


def test_no_two_items_of_the_bank_are_near_duplicates() -> None:
    drafts = sample_bank().drafts
    assert len({stored_form(draft).content_hash for draft in drafts}) == len(drafts)
    index = DuplicateIndex.build({draft.code: item_text(draft.content) for draft in drafts})
    assert [(pair.first, pair.second) for pair in index.pairs()] == []
