"""Item parameters from and to files: a CSV table that people can read and edit, or the JSON of a calibration.

The CSV has one row an item and the columns ``name``, ``model``, ``a``, ``b`` (or ``b1`` … ``bm`` for m + 1 categories),
``c``, ``u``, ``d1`` … ``dm`` and, for nominal items, ``s1`` … ``sm``, all in the logistic metric. Thresholds or
intercepts are enough; when both are given they must agree. ``scores`` lists the raw scores that the categories stand
for, separated by spaces, where they are not 0 … m. Columns beginning with ``se_`` are left aside.
"""

import csv
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, get_args

import numpy as np

from exam_engine.psychometrics.calibration import CalibrationError, CalibrationResult
from exam_engine.psychometrics.item_parameters import FAMILY_OF, ItemModel, ItemParameters
from exam_engine.psychometrics.linking import ParameterCovariance
from exam_engine.psychometrics.responses import HIGHEST_SCORE, NOT_PRESENTED, ResponseMatrix
from exam_engine.psychometrics_cli.errors import CommandError
from exam_engine.psychometrics_cli.response_files import check_heading, delimiter_of

MODEL_NAMES: Final[Mapping[str, ItemModel]] = {name.casefold(): name for name in get_args(ItemModel)}
_COLUMN = re.compile(r"^(?:name|model|scores|a|b|c|u|d|[bds][1-9][0-9]*|se_.*)$")
_AGREES = 1e-6
_NO_CATEGORY = -2


@dataclass(frozen=True, slots=True, eq=False)
class ParameterTable:
    """Parameters read from a file.

    Parameters
    ----------
    items : parameters.
    category_scores : for each item the raw scores its categories stand for.
    result : the calibration, when the file is one.
    """

    items: ItemParameters
    category_scores: tuple[tuple[int, ...], ...]
    result: CalibrationResult | None

    @property
    def covariance(self) -> ParameterCovariance | None:
        """Sampling covariance of the items, None when the file has none."""
        result = self.result
        if result is None or result.covariance is None:
            return None
        known = set(self.items.names)
        index = [place for place, label in enumerate(result.parameter_labels) if label.owner in known]
        labels = tuple((result.parameter_labels[place].owner, result.parameter_labels[place].kind) for place in index)
        return ParameterCovariance(labels, result.covariance[np.ix_(index, index)])


def model_named(text: str) -> ItemModel:
    """The model of a name in any case.

    Raises
    ------
    CommandError
        ``unknown_model``.
    """
    model = MODEL_NAMES.get(text.strip().casefold())
    if model is None:
        raise CommandError("unknown_model", model=text, known=", ".join(MODEL_NAMES.values()))
    return model


def read_parameters(path: Path) -> ParameterTable:
    """Read a table of parameters, or the parameters of a calibration when the file is JSON.

    Raises
    ------
    CommandError
        Naming row and column of what cannot be read.
    CalibrationError
        ``unknown_format`` when a JSON file is no calibration.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CommandError("not_utf8", file=path.name) from error
    if path.suffix.lower() == ".json" or text.lstrip().startswith("{"):
        try:
            stored = json.loads(text)
            result = CalibrationResult.from_dict(stored)
        except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
            raise CalibrationError("unknown_format", f"{path.name}: {error}") from error
        return ParameterTable(result.items, result.category_scores, result)
    try:
        return _read_csv(path, text)
    except csv.Error as error:
        raise CommandError("bad_csv", file=path.name, reason=str(error)) from error


def write_parameters(path: Path, items: ItemParameters, category_scores: Sequence[Sequence[int]] | None = None) -> None:
    """Write a table that ``read_parameters`` reads back to the last digit."""
    width = int(items.max_scores.max(initial=1))
    nominal = np.array([family == "nominal" for family in items.families])
    scores = category_scores or [range(int(n)) for n in items.n_categories]
    is_raw = [tuple(own) == tuple(range(int(n))) for own, n in zip(scores, items.n_categories, strict=True)]
    steps = range(1, width + 1)
    head = ["name", "model", "a", "b", *(f"b{step}" for step in steps if width > 1), "c", "u"]
    head += [f"d{step}" for step in steps] + [f"s{step}" for step in steps if nominal.any()]
    head += [] if all(is_raw) else ["scores"]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, head, restval="", lineterminator="\n")
        writer.writeheader()
        for index, (name, model) in enumerate(zip(items.names, items.models, strict=True)):
            own = int(items.max_scores[index])
            row = {"name": name, "model": model, "a": _written(items.a[index])}
            row |= {"c": _written(items.c[index])} if model in ("3PL", "4PL") else {}
            row |= {"u": _written(items.u[index])} if model == "4PL" else {}
            thresholds = ["b"] if own == 1 else [f"b{step}" for step in steps]
            for names, values in (
                (thresholds, items.b[index, :own]),
                ([f"d{step}" for step in steps], items.d[index, :own]),
                ([f"s{step}" for step in steps], items.s[index, :own]),
            ):
                row |= {column: _written(value) for column, value in zip(names, values, strict=False)}
            if not is_raw[index]:
                row["scores"] = " ".join(str(score) for score in scores[index])
            writer.writerow({column: text for column, text in row.items() if text})


def without_parameters(responses: ResponseMatrix, table: ParameterTable) -> tuple[str, ...]:
    """Items of the responses that the table does not have, which ``as_categories`` leaves aside."""
    known = set(table.items.names)
    return tuple(name for name in responses.item_names if name not in known)


def as_categories(responses: ResponseMatrix, table: ParameterTable) -> ResponseMatrix:
    """The responses to items that have parameters, raw scores replaced by the categories they stand for.

    Raises
    ------
    CommandError
        ``score_without_category`` naming row, item and score; ``no_common_items``.
    """
    place = {name: index for index, name in enumerate(table.items.names)}
    columns = [index for index, name in enumerate(responses.item_names) if name in place]
    if not columns:
        raise CommandError("no_common_items")
    wanted = [table.category_scores[place[responses.item_names[index]]] for index in columns]
    scores = responses.scores if len(columns) == len(responses.item_names) else responses.scores[:, columns]
    recode = np.full((len(columns), HIGHEST_SCORE + 2), _NO_CATEGORY, dtype=np.int8)
    recode[:, NOT_PRESENTED] = NOT_PRESENTED
    for index, own in enumerate(wanted):
        recode[index, list(own)] = np.arange(len(own))
    # A column's highest and lowest scores tell whether there is anything to do, without an array of the data's size.
    if (
        any(own != tuple(range(len(own))) for own in wanted)
        or (scores.max(axis=0, initial=NOT_PRESENTED) >= [len(own) for own in wanted]).any()
    ):
        recoded = recode[np.arange(len(columns)), scores]
        if (recoded == _NO_CATEGORY).any():
            row, column = np.argwhere(recoded == _NO_CATEGORY)[0]
            raise CommandError(
                "score_without_category",
                row=int(row) + 2,
                item=responses.item_names[columns[column]],
                score=int(scores[row, column]),
                known=" ".join(str(score) for score in wanted[column]),
            )
        scores = recoded
    return ResponseMatrix(
        scores=scores,
        item_names=tuple(responses.item_names[index] for index in columns),
        weights=responses.weights,
        candidate_ids=responses.candidate_ids,
    )


def _written(value: float) -> str:
    """Every digit of a number; nothing for what an item does not have."""
    return repr(float(value)) if np.isfinite(value) else ""


def _read_csv(path: Path, text: str) -> ParameterTable:
    lines = text.splitlines()
    if not lines:
        raise CommandError("empty_file", file=path.name)
    delimiter = delimiter_of(*[*lines, ""][:2])
    rows = list(csv.reader(lines, delimiter=delimiter, strict=True))
    head = ["name" if name.strip().casefold() == "item" else name.strip().casefold() for name in rows[0]]
    check_heading(head, path, ("name", "a") if not any(name.startswith("s1") for name in head) else ("name",))
    strange = [name for name in head if not _COLUMN.match(name)]
    if strange:
        raise CommandError("unknown_parameter", file=path.name, column=strange[0])
    found = [
        _Row(path, number, dict(zip(head, row, strict=False)), delimiter) for number, row in enumerate(rows[1:], 2)
    ]
    found = [row for row in found if any(cell.strip() for cell in row.cells.values())]
    if not found:
        raise CommandError("empty_file", file=path.name)
    items = [row.item() for row in found]
    return ParameterTable(
        ItemParameters.concatenate([item for item, _ in items]), tuple(scores for _, scores in items), None
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of a parameter table."""

    path: Path
    number: int
    cells: Mapping[str, str]
    delimiter: str

    def item(self) -> tuple[ItemParameters, tuple[int, ...]]:
        """The item of the row and the raw scores of its categories."""
        name = self.cells["name"].strip()
        a, c, u = self._value("a"), self._value("c"), self._value("u")
        b, d, s = self._values("b"), self._values("d"), self._values("s")
        steps = max(len(b), len(d))
        if not name or steps == 0:
            raise self._refusal("incomplete_row")
        model = self._model(steps, c, u, bool(s))
        if FAMILY_OF[model] == "nominal":
            intercepts = d
        else:
            if np.isnan(a):
                raise self._refusal("incomplete_row")
            from_b = [-a * threshold for threshold in b]
            intercepts = d or from_b
            if d and b and not (len(b) == len(d) and np.allclose(from_b, d, rtol=_AGREES, atol=_AGREES)):
                raise self._refusal("parameters_contradict")
        if len(intercepts) != steps or (s and len(s) != steps):
            raise self._refusal("incomplete_row")
        scores = tuple(int(score) for score in self.cells.get("scores", "").split() if score.isdigit())
        if scores and len(scores) != steps + 1:
            raise self._refusal("incomplete_row")
        return (
            ItemParameters(
                names=(name,),
                models=(model,),
                n_categories=np.array([steps + 1]),
                a=np.array([np.nan if FAMILY_OF[model] == "nominal" else a]),
                d=np.array([intercepts], dtype=np.float64),
                c=np.array([0.0 if np.isnan(c) else c]),
                u=np.array([1.0 if np.isnan(u) else u]),
                s=np.array([s], dtype=np.float64) if s else np.full((1, steps), np.nan),
            ),
            scores or tuple(range(steps + 1)),
        )

    def _model(self, steps: int, c: float, u: float, has_slopes: bool) -> ItemModel:
        named = self.cells.get("model", "").strip()
        if named:
            return model_named(named)
        if has_slopes:
            return "NRM"
        if steps > 1:
            # Thresholds of graded and of partial-credit items look alike and mean different things.
            raise self._refusal("model_missing")
        return "4PL" if not np.isnan(u) else "3PL" if not np.isnan(c) else "2PL"

    def _value(self, column: str) -> float:
        text = self.cells.get(column, "").strip().replace("−", "-")
        if not text:
            return float("nan")
        try:
            value = float(text.replace(",", ".") if self.delimiter != "," else text)
        except ValueError:
            value = float("nan")
        if not np.isfinite(value):
            raise CommandError("bad_number", file=self.path.name, row=self.number, column=column, value=text[:40])
        return value

    def _values(self, letter: str) -> list[float]:
        single = self._value(letter)
        values = [] if np.isnan(single) else [single]
        step = 1
        while f"{letter}{step}" in self.cells:
            value = self._value(f"{letter}{step}")
            if not np.isnan(value):
                if len(values) != step - 1:
                    raise self._refusal("incomplete_row")
                values.append(value)
            step += 1
        return values

    def _refusal(self, code: str) -> CommandError:
        return CommandError(code, file=self.path.name, row=self.number, item=self.cells.get("name", "").strip())


def read_models(path: Path) -> dict[str, ItemModel]:
    """Read a two-column table: item, model.

    Raises
    ------
    CommandError
        ``unknown_model``, ``row_length``, ``not_utf8``.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise CommandError("not_utf8", file=path.name) from error
    models: dict[str, ItemModel] = {}
    delimiter = delimiter_of(*[*lines, "", ""][:2])
    for number, row in enumerate(csv.reader(lines, delimiter=delimiter), start=1):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != 2:
            raise CommandError("row_length", file=path.name, row=number, found=len(row), expected=2)
        name, model = (cell.strip() for cell in row)
        if number == 1 and model.casefold() == "model":
            continue
        models[name] = model_named(model)
    return models
