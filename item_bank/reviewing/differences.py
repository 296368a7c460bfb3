"""What changed between two versions of an item of any kind: texts, parts, settings, metadata, key, explanation."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from exam_engine.interactions.rich_text.markup import Element, escape, write
from item_bank.reviewing.text_differences import TextDifference, compare_texts

Value = str | int | bool | list[str] | None
"""A plain fact; None where there was none."""

PartChange = Literal["same", "changed", "removed", "added"]

_TEXTS = ("stem", "passage")


@dataclass(frozen=True, slots=True)
class ItemSide:
    """One of the two versions; ``key`` and ``explanation`` stay empty for those who may not see keys.

    ``content`` and ``key`` are as they are stored; ``stimulus`` is the HTML of the passage, picture or table that the
    item is about.
    """

    content: Mapping[str, Any]
    metadata: Mapping[str, Value] = field(default_factory=dict)
    key: Mapping[str, Any] | None = None
    explanation: str = ""
    stimulus: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A text of an item with its place, such as ``options/B``, and what else is said about it there."""

    place: str
    html: str
    facts: Mapping[str, Value] = field(default_factory=dict)

    @property
    def group(self) -> str:
        """The list that the part stands in; empty for what an item has once."""
        return self.place.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class FactChange:
    """A plain fact that changed."""

    name: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class PartDifference:
    """What became of a part; one of the sides is None for a part that came or went.

    A part has moved when it stands elsewhere among those that stayed. Its place may also have another name now, as
    when an option was put in above it.
    """

    before: Part | None
    after: Part | None
    is_moved: bool = False

    @property
    def text(self) -> TextDifference:
        """The difference of the texts."""
        return compare_texts(self.before.html if self.before else "", self.after.html if self.after else "")

    @property
    def facts(self) -> tuple[FactChange, ...]:
        """What else changed about it."""
        return compare_facts(self.before.facts if self.before else {}, self.after.facts if self.after else {})

    @property
    def change(self) -> PartChange:
        """What became of it, its place left aside."""
        if self.before is None:
            return "added"
        if self.after is None:
            return "removed"
        is_same = self.before.html == self.after.html and self.before.facts == self.after.facts
        return "same" if is_same else "changed"


@dataclass(frozen=True, slots=True)
class ItemDifference:
    """All that changed between two versions; parts also name what stayed, so that a reader sees where a change is.

    ``right_before`` and ``right_after`` are the places of the right choices: a key may name the same letter as before
    and yet another option.
    """

    parts: tuple[PartDifference, ...]
    settings: tuple[FactChange, ...]
    metadata: tuple[FactChange, ...]
    stimulus: TextDifference
    key: tuple[FactChange, ...]
    right_before: frozenset[str]
    right_after: frozenset[str]
    model_answer: TextDifference
    explanation: TextDifference

    @property
    def is_same(self) -> bool:
        """Whether the versions say the same, as far as the reader may see."""
        texts = (self.stimulus, self.model_answer, self.explanation)
        return (
            not (self.settings or self.metadata or self.key)
            and all(text.is_same for text in texts)
            and all(part.change == "same" and not part.is_moved and _keeps_place(part) for part in self.parts)
        )


def compare_items(before: ItemSide, after: ItemSide) -> ItemDifference:
    """Return what changed from one version of an item to another."""
    old_parts, old_settings = taken_apart(before.content)
    new_parts, new_settings = taken_apart(after.content)
    # Other keys speak of their parts by name only, so there a name goes before the words that it stands for.
    forms = {key["form"] for key in (before.key, after.key) if key is not None}
    return ItemDifference(
        parts=compare_parts(old_parts, new_parts, by_words=forms <= {"choice"}),
        settings=compare_facts(old_settings, new_settings),
        metadata=compare_facts(before.metadata, after.metadata),
        stimulus=compare_texts(before.stimulus, after.stimulus),
        key=compare_facts(key_facts(before.key), key_facts(after.key)),
        right_before=_right_places(old_parts, before.key),
        right_after=_right_places(new_parts, after.key),
        model_answer=compare_texts(_model_answer(before.key), _model_answer(after.key)),
        explanation=compare_texts(before.explanation, after.explanation),
    )


def taken_apart(content: Mapping[str, Any]) -> tuple[list[Part], dict[str, Value]]:
    """Return the parts of stored content in order, and its other settings by name; nothing is left out."""
    parts: list[Part] = []
    settings: dict[str, Value] = {}
    for name, value in content.items():
        if name in _TEXTS:
            parts.append(Part(name, value))
        elif name == "picture":
            parts.append(Part(name, _picture(value)))
        elif _is_list_of_parts(value):
            for entry in value:
                parts += _parts(f"{name}/{entry.get('id', entry.get('name'))}", entry)
        else:
            settings[name] = _value(value)
    # The stem comes first wherever it is stored.
    return sorted(parts, key=lambda part: part.place not in _TEXTS), settings


def _parts(place: str, entry: Mapping[str, Any]) -> Iterator[Part]:
    facts = {
        name: _value(value)
        for name, value in entry.items()
        if name not in {"id", "name", "content", "label"} and not _is_list_of_parts(value)
    }
    html = entry["content"] if "content" in entry else escape(entry.get("label", entry.get("name", "")))
    yield Part(place, html, facts)
    for value in entry.values():
        if _is_list_of_parts(value):
            for inner in value:
                yield from _parts(f"{place}/{inner['id']}", inner)


def _is_list_of_parts(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(entry, Mapping) for entry in value)


def _picture(picture: Mapping[str, Any]) -> str:
    attributes = {
        "src": f"media:{picture['media']}",
        "alt": picture["alternative_text"],
        "width": str(picture["width"]),
        "height": str(picture["height"]),
    }
    return write([Element("img", attributes)])


def _value(value: Any) -> Value:
    if isinstance(value, list | tuple):
        if value and all(isinstance(number, int) for number in value):
            return ", ".join(str(number) for number in value)
        return [str(entry) for entry in value]
    return value  # type: ignore[no-any-return]  # stored JSON: text, number, truth or null


def key_facts(key: Mapping[str, Any] | None) -> dict[str, Value]:
    """Return what a stored key says, by the path of each fact, such as ``gaps/g1/accepted``; model answers aside."""
    return {} if key is None else dict(_facts("", {name: v for name, v in key.items() if name != "model_answer"}))


def _facts(path: str, value: Any) -> Iterator[tuple[str, Value]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _facts(f"{path}/{name}" if path else name, inner)
    elif path.rpartition("/")[2] == "pairs":
        yield path, [" → ".join(pair) for pair in value]
    elif path.rpartition("/")[2] == "accepted":
        yield path, [one["text"] if one["share"] == "1" else f"{one['text']} ({one['share']})" for one in value]
    elif _is_list_of_parts(value):
        for number, entry in enumerate(value, start=1):
            inner = {name: fact for name, fact in entry.items() if name != "id"}
            yield from _facts(f"{path}/{entry.get('id', number)}", inner)
    else:
        yield path, _value(value)


def _right_places(parts: Sequence[Part], key: Mapping[str, Any] | None) -> frozenset[str]:
    if key is None or key["form"] != "choice":
        return frozenset()
    return frozenset(part.place for part in parts if part.group and part.place.rpartition("/")[2] in key["correct"])


def _model_answer(key: Mapping[str, Any] | None) -> str:
    return str(key.get("model_answer", "")) if key is not None else ""


def compare_facts(before: Mapping[str, Value], after: Mapping[str, Value]) -> tuple[FactChange, ...]:
    """Return the facts that differ, in the order of the newer side."""
    names = [*after, *(name for name in before if name not in after)]
    return tuple(
        FactChange(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)
    )


def compare_parts(
    before: Sequence[Part], after: Sequence[Part], *, by_words: bool = True
) -> tuple[PartDifference, ...]:
    """Pair the parts of two versions and say what became of each, in the newer order; removed ones where they stood.

    Parameters
    ----------
    by_words : whether a part that says the same under another name in its list is the same part.
    """
    partners = _partners(before, after, by_words)
    stayed = [(old, new) for new, old in sorted(partners.items())]
    unmoved: set[int] = set()
    for group in dict.fromkeys(part.group for part in after):
        unmoved |= _longest_rise([old for old, new in stayed if after[new].group == group])
    found = [
        PartDifference(
            before=before[partners[place]] if place in partners else None,
            after=part,
            is_moved=place in partners and partners[place] not in unmoved,
        )
        for place, part in enumerate(after)
    ]
    for place, part in enumerate(before):
        if place not in partners.values():
            found.insert(_place_of_removed(before[:place], found, part), PartDifference(part, None))
    return tuple(found)


def _partners(before: Sequence[Part], after: Sequence[Part], is_by_words: bool) -> dict[int, int]:
    """Return for the number of each newer part that stayed the number of the older one.

    Parts go together that say the same at the same place, then that say the same in the same list, then those of one
    place. So an option that only got another letter is not shown as a new one.
    """
    partners: dict[int, int] = {}
    by_words = [_unique_words(side) if is_by_words else frozenset() for side in (before, after)]
    for identity in (
        lambda part, _: (part.place, part.html),
        lambda part, side: (part.group, part.html) if (part.group, part.html) in by_words[side] else None,
        lambda part, _: part.place,
    ):
        taken = set(partners.values())
        free = {identity(part, 0): number for number, part in enumerate(before) if number not in taken}
        for number, part in enumerate(after):
            named = identity(part, 1)
            if number not in partners and named is not None and named in free:
                partners[number] = free[named]
    return partners


def _unique_words(parts: Sequence[Part]) -> frozenset[tuple[str, str]]:
    counts = Counter((part.group, part.html) for part in parts if part.html and part.group)
    return frozenset(words for words, count in counts.items() if count == 1)


def _longest_rise(numbers: Sequence[int]) -> set[int]:
    """Return the members of a longest rising subsequence: the parts that need not have moved."""
    tails: list[int] = []
    tail_places: list[int] = []
    previous: list[int | None] = []
    for place, number in enumerate(numbers):
        length = bisect_left(tails, number)
        previous.append(tail_places[length - 1] if length else None)
        if length == len(tails):
            tails.append(number)
            tail_places.append(place)
        else:
            tails[length], tail_places[length] = number, place
    found: set[int] = set()
    at = tail_places[-1] if tail_places else None
    while at is not None:
        found.add(numbers[at])
        at = previous[at]
    return found


def _place_of_removed(earlier: Sequence[Part], found: Sequence[PartDifference], part: Part) -> int:
    for neighbour in reversed(earlier):
        if neighbour.group == part.group or neighbour.place == part.group:
            return next(number for number, one in enumerate(found) if one.before is neighbour) + 1
    in_group = [number for number, one in enumerate(found) if (one.after or one.before or part).group == part.group]
    return in_group[0] if in_group else len(found)


def _keeps_place(part: PartDifference) -> bool:
    return part.before is not None and part.after is not None and part.before.place == part.after.place
