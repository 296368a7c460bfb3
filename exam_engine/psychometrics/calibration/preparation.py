"""From raw responses to blocks: which items can be estimated, what their categories are, who belongs to whom."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import ArrayLike

from exam_engine.psychometrics.arrays import FloatArray, IntArray, ScoreArray
from exam_engine.psychometrics.calibration.design import ResponseBlock, response_blocks
from exam_engine.psychometrics.calibration.errors import CalibrationError
from exam_engine.psychometrics.calibration.flags import ExcludedItem, ExclusionReason
from exam_engine.psychometrics.calibration.settings import CalibrationSettings
from exam_engine.psychometrics.item_parameters import FAMILY_OF, ItemModel, ItemParameters
from exam_engine.psychometrics.responses import HIGHEST_SCORE, NOT_PRESENTED, ResponseMatrix, refuse_repeats

_CHUNK_ROWS = 65_536
_ROWS_COUNTED_AT_ONCE = 4_096
_POLYTOMOUS: dict[ItemModel, ItemModel] = {"Rasch": "PCM"}
_DICHOTOMOUS: dict[ItemModel, ItemModel] = {"PCM": "1PL", "RSM": "1PL", "GPCM": "2PL", "GRM": "2PL", "NRM": "2PL"}


class RowChunk(NamedTuple):
    """Some candidates: scores (n, J), weights (n,), group codes (n,)."""

    scores: ScoreArray
    weights: FloatArray
    groups: IntArray


class ResponseRows(Protocol):
    """Responses that are read in pieces, so that their number is limited by the disk."""

    @property
    def item_names(self) -> tuple[str, ...]:
        """Names of the J columns."""
        ...

    @property
    def group_names(self) -> tuple[str, ...]:
        """Names that the group codes stand for; one name when there are no groups."""
        ...

    def chunks(self) -> Iterator[RowChunk]:
        """All candidates in pieces, always the same."""
        ...


@dataclass(frozen=True, eq=False)
class MatrixRows:
    """A response matrix read in pieces of ``chunk_rows``; one piece keeps candidates with equal items together."""

    responses: ResponseMatrix
    group_names: tuple[str, ...]
    codes: IntArray
    chunk_rows: int

    @property
    def item_names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return self.responses.item_names

    def chunks(self) -> Iterator[RowChunk]:
        """All candidates in pieces."""
        for start in range(0, self.codes.size, self.chunk_rows):
            rows = slice(start, start + self.chunk_rows)
            yield RowChunk(self.responses.scores[rows], self.responses.weights[rows], self.codes[rows])


@dataclass(frozen=True, eq=False)
class Preparation:
    """What will be estimated.

    Attributes
    ----------
    columns : positions of the J items in the raw responses.
    names, models, n_categories : of the items.
    category_scores : the observed scores that the categories stand for.
    closed_up : items in whose scores a gap was closed.
    excluded : items left out.
    group_names : populations, the reference first; codes : (raw code) → population.
    candidates_without_responses : weighted number of rows that say nothing.
    unit_slopes : whether the Rasch model was asked for, under which all slopes that are common are 1.
    recode : (J, HIGHEST_SCORE + 2) category of each raw score, the last place for NOT_PRESENTED; None when scores are
        categories already.
    """

    columns: IntArray
    names: tuple[str, ...]
    models: tuple[ItemModel, ...]
    n_categories: IntArray
    category_scores: tuple[tuple[int, ...], ...]
    closed_up: frozenset[str]
    excluded: tuple[ExcludedItem, ...]
    group_names: tuple[str, ...]
    codes: IntArray
    candidates_without_responses: float
    unit_slopes: bool
    recode: ScoreArray | None

    def blocks(self, rows: ResponseRows, n_rows: int) -> Iterator[ResponseBlock]:
        """Blocks of at most ``n_rows`` candidates over the items that will be estimated."""
        takes_all = self.columns.size == len(rows.item_names)
        for chunk in rows.chunks():
            scores = chunk.scores if takes_all else chunk.scores[:, self.columns]
            if self.recode is not None:
                scores = self.recode[np.arange(self.columns.size), scores]
            answered = (scores != NOT_PRESENTED).any(axis=1)
            weights, populations = chunk.weights, self.codes[chunk.groups]
            if not answered.all():
                scores, weights, populations = scores[answered], weights[answered], populations[answered]
            yield from response_blocks(scores, weights, populations, n_rows)


def matrix_rows(responses: ResponseMatrix, groups: ArrayLike | None, *, in_pieces: bool) -> MatrixRows:
    """Rows of a matrix with the groups its candidates belong to.

    Raises
    ------
    CalibrationError
        ``groups_do_not_fit`` when there is not one group label per row, or when a label is None or NaN.
    """
    n_rows = responses.scores.shape[0]
    chunk_rows = _CHUNK_ROWS if in_pieces else max(n_rows, 1)
    if groups is None:
        return MatrixRows(responses, ("",), np.zeros(n_rows, dtype=np.intp), chunk_rows)
    labels = np.asarray(groups)
    if labels.shape != (n_rows,):
        raise CalibrationError(
            "groups_do_not_fit",
            f"group labels of shape {labels.shape}, but one is needed for each of {n_rows} candidates",
            candidates=n_rows,
        )
    for row, label in enumerate(labels if labels.dtype.kind in "fO" else ()):
        if label is None or (isinstance(label, float) and np.isnan(label)):
            raise CalibrationError(
                "groups_do_not_fit",
                f"row {row + 1} has no group; give every candidate one or leave the row out",
                row=row + 1,
            )
    # Numbers keep their own order; labels of several types have none but that of their names.
    comparable = labels.astype(np.str_) if labels.dtype.kind == "O" else labels
    names, codes = np.unique(comparable, return_inverse=True)
    return MatrixRows(responses, tuple(str(name) for name in names), codes.astype(np.intp), chunk_rows)


def prepare(rows: ResponseRows, settings: CalibrationSettings, fixed: ItemParameters | None) -> Preparation:
    """Look once at all responses and decide what will be estimated.

    Raises
    ------
    CalibrationError
        ``unknown_item``, ``unknown_group``, ``model_does_not_fit`` or ``score_outside_fixed``, naming the item or the
        group; ``no_responses`` when no fixed item has any.
    ResponseDataError
        When an item occurs twice.
    """
    refuse_repeats("item", rows.item_names)
    counts, silent, per_group = _raw_counts(rows)
    for name in settings.item_models:
        if name not in rows.item_names:
            raise CalibrationError("unknown_item", f"item_models names {name!r}, which has no responses", item=name)
    is_fixed = set() if fixed is None else set(fixed.names)
    lowest = min((int(np.flatnonzero(row)[0]) for row in counts if row.any()), default=0)

    columns: list[int] = []
    excluded: list[ExcludedItem] = []
    models: list[ItemModel] = []
    categories: list[tuple[int, ...]] = []
    closed_up: set[str] = set()
    for column, name in enumerate(rows.item_names):
        observed = tuple(np.flatnonzero(counts[column]).tolist())
        if fixed is not None and name in is_fixed:
            if not observed:
                continue
            place = int(fixed.positions([name])[0])
            size = int(fixed.n_categories[place])
            if observed[-1] >= size:
                raise CalibrationError(
                    "score_outside_fixed",
                    f"item {name!r} is fixed with scores 0 to {size - 1}, but a candidate has {observed[-1]}",
                    item=name,
                    score=observed[-1],
                    highest=size - 1,
                )
            columns.append(column)
            models.append(fixed.models[place])
            categories.append(tuple(range(size)))
            continue
        if len(observed) < 2:
            excluded.append(ExcludedItem(name, _exclusion(observed, counts)))
            continue
        columns.append(column)
        models.append(_model_of(name, len(observed), settings))
        categories.append(observed)
        if observed != tuple(range(lowest, lowest + len(observed))):
            closed_up.add(name)
    if fixed is not None and not is_fixed.intersection(rows.item_names[column] for column in columns):
        raise CalibrationError(
            "no_responses",
            "none of the fixed items has responses, so that nothing ties these candidates to their scale",
        )
    codes, group_names = _populations(rows.group_names, per_group, settings.reference_group)
    return Preparation(
        columns=np.array(columns, dtype=np.intp),
        names=tuple(rows.item_names[column] for column in columns),
        models=tuple(models),
        n_categories=np.array([len(scores) for scores in categories], dtype=np.intp),
        category_scores=tuple(categories),
        closed_up=frozenset(closed_up),
        excluded=tuple(excluded),
        group_names=group_names,
        codes=codes,
        candidates_without_responses=silent,
        unit_slopes=any(
            settings.item_models.get(rows.item_names[column], settings.model) == "Rasch"
            for column in columns
            if rows.item_names[column] not in is_fixed
        ),
        recode=_recode(categories),
    )


def _raw_counts(rows: ResponseRows) -> tuple[FloatArray, float, FloatArray]:
    """(J, HIGHEST_SCORE + 1) weighted counts, weight of rows without any response, weight of each group."""
    counts = np.zeros((len(rows.item_names), HIGHEST_SCORE + 1))
    silent, per_group = 0.0, np.zeros(len(rows.group_names))
    for chunk in rows.chunks():
        # A product of weights with truth values makes floats of them, so it goes over few rows at a time.
        for start in range(0, chunk.weights.size, _ROWS_COUNTED_AT_ONCE):
            some = slice(start, start + _ROWS_COUNTED_AT_ONCE)
            scores, weights, codes = chunk.scores[some], chunk.weights[some], chunk.groups[some]
            for score in range(int(scores.max(initial=0)) + 1):
                counts[:, score] += weights @ (scores == score)
            answered = (scores != NOT_PRESENTED).any(axis=1)
            silent += float(weights[~answered].sum())
            per_group += np.bincount(codes, weights * answered, minlength=per_group.size)
    return counts, silent, per_group


def _exclusion(observed: tuple[int, ...], counts: FloatArray) -> ExclusionReason:
    if not observed:
        return "never_presented"
    if counts[:, 2:].any():
        return "one_category"
    return "all_correct" if observed[0] == 1 else "all_wrong"


def _model_of(name: str, n_categories: int, settings: CalibrationSettings) -> ItemModel:
    model = settings.item_models.get(name, settings.model)
    if n_categories == 2:
        return _DICHOTOMOUS.get(model, model)
    resolved = _POLYTOMOUS.get(model, model)
    if FAMILY_OF[resolved] == "logistic":
        raise CalibrationError(
            "model_does_not_fit",
            f"item {name!r} has {n_categories} score categories, which the {model} cannot describe; "
            "choose GPCM, GRM, PCM, RSM or NRM for it",
            item=name,
            categories=n_categories,
            model=model,
        )
    return resolved


def _populations(
    names: tuple[str, ...], per_group: FloatArray, reference: str | None
) -> tuple[IntArray, tuple[str, ...]]:
    """Population of each raw group code, the reference first; groups nobody is in are dropped."""
    if reference is not None and reference not in names:
        raise CalibrationError(
            "unknown_group", f"reference group {reference!r} is not among {', '.join(names)}", group=reference
        )
    if reference is not None and not per_group[names.index(reference)] > 0.0:
        raise CalibrationError(
            "unknown_group", f"nobody in the reference group {reference!r} has a response", group=reference
        )
    present = [name for name, weight in zip(names, per_group, strict=True) if weight > 0.0]
    order = ([] if reference is None else [reference]) + [name for name in present if name != reference]
    codes = np.array([order.index(name) if name in order else -1 for name in names], dtype=np.intp)
    return codes, tuple(order)


def _recode(categories: list[tuple[int, ...]]) -> ScoreArray | None:
    if all(scores == tuple(range(len(scores))) for scores in categories):
        return None
    recode = np.full((len(categories), HIGHEST_SCORE + 2), NOT_PRESENTED, dtype=np.int8)
    for index, scores in enumerate(categories):
        recode[index, list(scores)] = np.arange(len(scores))
    return recode
