"""The responses behind a calibration as every part of it speaks of them: scores, chosen options, groups of persons."""

import hashlib
import json
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Self

import numpy as np
from numpy.typing import NDArray

from exam_engine.psychometrics import NOT_PRESENTED as NO_RESPONSE

OMITTED: Final = -1
"""The item was seen and left without an answer, with answers after it or without a limit of time; counts as wrong."""
NOT_REACHED: Final = -2
"""Neither this item nor any after it was answered: the person most likely never came to it."""
NOT_PRESENTED: Final = -3
"""The item was not in this person's form; says nothing about the person."""
NONE_CHOSEN: Final = -1
"""In ``chosen``: no option, or the item is not of single choice."""
UNKNOWN: Final = -1
"""In the codes of a group: nothing is known of this person."""

HIGHEST_SCORE: Final = 20
"""Highest score category; an item with more steps has too few answers in each to calibrate by."""
MOST_ITEMS: Final = 2_000
MOST_CELLS: Final = 50_000_000
"""Largest number of persons × items; each takes one byte, two with the chosen options."""
MOST_GROUPINGS: Final = 8
MOST_LABELS: Final = 100
LONGEST_LABEL: Final = 64

NotReachedRule = Literal["ignored", "wrong"]

_MAGIC: Final = b"ERM1"
_LENGTH: Final = struct.Struct(">I")
_LONGEST_HEADER: Final = 2**20


class ResponseMatrixError(ValueError):
    """Responses contradict themselves or stored bytes are none of this format."""


@dataclass(frozen=True, eq=False, slots=True)
class Group:
    """One way of sorting the persons, such as by gender or unit.

    Attributes
    ----------
    labels : distinct names of the groups.
    codes : (N,) int8 place of each person's label, ``UNKNOWN`` where nothing is known.
    """

    labels: tuple[str, ...]
    codes: NDArray[np.int8]

    @classmethod
    def of(cls, values: Sequence[str]) -> Self:
        """Sort persons by the text known of each, an empty one where nothing is; labels are in alphabetical order."""
        labels = tuple(sorted({value for value in values if value}))
        if len(labels) > MOST_LABELS:
            raise ResponseMatrixError(f"{len(labels)} labels; at most {MOST_LABELS} are told apart")
        place = {label: code for code, label in enumerate(labels)}
        return cls(labels, np.array([place.get(value, UNKNOWN) for value in values], dtype=np.int8))


@dataclass(frozen=True, eq=False, slots=True)
class ResponseMatrix:
    """Responses of N persons to J items; the persons have no names here.

    Attributes
    ----------
    scores : (N, J) int8 score categories 0 … m, or ``OMITTED``, ``NOT_REACHED``, ``NOT_PRESENTED``.
    chosen : (N, J) int8 place of the chosen option in the item version's own order, ``NONE_CHOSEN`` where there is
        none; None when the source has scores only.
    groups : name of a grouping → groups of the persons.

    Raises
    ------
    ResponseMatrixError
        When shapes, ranges or limits do not hold.
    """

    scores: NDArray[np.int8]
    chosen: NDArray[np.int8] | None = None
    groups: Mapping[str, Group] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check the parts against each other."""
        scores, chosen = self.scores, self.chosen
        if scores.ndim != 2 or scores.dtype != np.int8:
            raise ResponseMatrixError(
                f"scores must be a two-dimensional int8 array, got {scores.ndim}-d {scores.dtype}"
            )
        _refuse_size(*scores.shape)
        if scores.size and not NOT_PRESENTED <= int(scores.min()) <= int(scores.max()) <= HIGHEST_SCORE:
            raise ResponseMatrixError(f"scores run from {scores.min()} to {scores.max()}")
        if chosen is not None and (chosen.shape != scores.shape or chosen.dtype != np.int8):
            raise ResponseMatrixError("chosen options need the shape and type of the scores")
        if len(self.groups) > MOST_GROUPINGS:
            raise ResponseMatrixError(f"{len(self.groups)} groupings; at most {MOST_GROUPINGS} are kept")
        for name, group in self.groups.items():
            if group.codes.shape != scores.shape[:1] or group.codes.dtype != np.int8:
                raise ResponseMatrixError(f"grouping {name!r} needs one int8 code per person")
            if group.codes.size and not UNKNOWN <= int(group.codes.min()) <= int(group.codes.max()) < len(group.labels):
                raise ResponseMatrixError(f"grouping {name!r} has codes without a label")
            texts = [name, *group.labels]
            if len(group.labels) > MOST_LABELS or any(not 0 < len(text) <= LONGEST_LABEL for text in texts):
                raise ResponseMatrixError(f"grouping {name!r} has too many, empty or too long labels")

    @property
    def n_persons(self) -> int:
        """How many persons."""
        return int(self.scores.shape[0])

    @property
    def n_items(self) -> int:
        """How many items."""
        return int(self.scores.shape[1])

    @property
    def n_responses(self) -> int:
        """How many items were presented in all, omitted and not reached ones included."""
        return int((self.scores != NOT_PRESENTED).sum())

    def estimation_scores(self, not_reached: NotReachedRule = "ignored") -> NDArray[np.int8]:
        """Return (N, J) scores as the psychometrics read them.

        An omitted item is wrong; one that was not presented has no response, one not reached by the rule.
        """
        result = self.scores.copy()
        result[self.scores == OMITTED] = 0
        result[self.scores == NOT_REACHED] = 0 if not_reached == "wrong" else NO_RESPONSE
        result[self.scores == NOT_PRESENTED] = NO_RESPONSE
        return result

    def digest(self) -> str:
        """Return the SHA-256 that tells these responses from others, whatever packed them."""
        told = hashlib.sha256(self._header())
        for part in self._parts():
            told.update(part.tobytes())
        return told.hexdigest()

    def pack(self) -> bytes:
        """Return bytes that ``unpack`` reads."""
        told = self._header()
        body = b"".join(part.tobytes() for part in self._parts())
        return _MAGIC + _LENGTH.pack(len(told)) + told + zlib.compress(body)

    def _header(self) -> bytes:
        header: dict[str, Any] = {
            "shape": self.scores.shape,
            "has_chosen": self.chosen is not None,
            "groups": [{"name": name, "labels": group.labels} for name, group in self.groups.items()],
        }
        return json.dumps(header, ensure_ascii=False).encode()

    def _parts(self) -> Iterator[NDArray[np.int8]]:
        yield self.scores
        if self.chosen is not None:
            yield self.chosen
        yield from (group.codes for group in self.groups.values())

    @classmethod
    def unpack(cls, packed: bytes) -> Self:
        """Read what ``pack`` wrote; nothing larger than the limits is ever unfolded.

        Raises
        ------
        ResponseMatrixError
            When the bytes are of another format, cut off or contradict themselves.
        """
        if not is_packed(packed):
            raise ResponseMatrixError("these bytes are no packed responses")
        try:
            header, n_persons, n_items, start = _read_header(packed)
            has_chosen, groups = bool(header["has_chosen"]), list(header["groups"])
            named = [(str(group["name"]), tuple(str(label) for label in group["labels"])) for group in groups]
        except (KeyError, TypeError, ValueError, struct.error) as error:
            raise ResponseMatrixError("the head of the packed responses is damaged") from error
        if len(named) > MOST_GROUPINGS:
            raise ResponseMatrixError(f"{len(named)} groupings; at most {MOST_GROUPINGS} are kept")
        cells = n_persons * n_items
        size = cells * (1 + has_chosen) + n_persons * len(named)
        body = np.frombuffer(_unfold(packed[start:], size), dtype=np.int8)
        tables = body[: cells * (1 + has_chosen)].reshape(1 + has_chosen, n_persons, n_items)
        codes = body[cells * (1 + has_chosen) :].reshape(len(named), n_persons)
        return cls(
            tables[0],
            tables[1] if has_chosen else None,
            {name: Group(labels, codes[place]) for place, (name, labels) in enumerate(named)},
        )


def is_packed(content: bytes) -> bool:
    """Whether bytes are of this format; earlier runs hold chosen options only, which need keys to become scores."""
    return content.startswith(_MAGIC)


def from_choices(
    chosen: NDArray[np.int8], keys: Sequence[int], *, blank: int, not_shown: int, groups: Mapping[str, Group]
) -> ResponseMatrix:
    """Score chosen options by the J places of the right ones: 1 for the key, 0 for another option."""
    scores = (chosen == np.array(keys, dtype=np.int8)).astype(np.int8)
    scores[chosen == blank] = OMITTED
    scores[chosen == not_shown] = NOT_PRESENTED
    return ResponseMatrix(scores, np.where(chosen < 0, NONE_CHOSEN, chosen).astype(np.int8), groups)


def _read_header(packed: bytes) -> tuple[dict[str, Any], int, int, int]:
    begin = len(_MAGIC) + _LENGTH.size
    (length,) = _LENGTH.unpack(packed[len(_MAGIC) : begin])
    if length > _LONGEST_HEADER:
        raise ResponseMatrixError("the head of the packed responses is too long")
    header = json.loads(packed[begin : begin + length])
    n_persons, n_items = (int(number) for number in header["shape"])
    _refuse_size(n_persons, n_items)
    return header, n_persons, n_items, begin + length


def _refuse_size(n_persons: int, n_items: int) -> None:
    if min(n_persons, n_items) < 0 or n_items > MOST_ITEMS or n_persons * n_items > MOST_CELLS:
        raise ResponseMatrixError(f"{n_persons} persons × {n_items} items are outside the limits")


def _unfold(packed: bytes, size: int) -> bytes:
    unfolding = zlib.decompressobj()
    try:
        # One byte more than there may be tells that there is more, without unfolding it.
        body = unfolding.decompress(packed, size + 1)
    except zlib.error as error:
        raise ResponseMatrixError("the packed responses are damaged") from error
    if len(body) != size or not unfolding.eof:
        raise ResponseMatrixError("the packed responses are cut off or longer than their head says")
    return body
