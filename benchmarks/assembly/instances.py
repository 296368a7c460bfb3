"""Instances of assembly problems as files: a pool (.npz and .json) and a specification (.json), read into our terms."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from exam_engine.psychometrics.assembly.measures import Count, Information, Total
from exam_engine.psychometrics.assembly.pool import ANY, ItemPool
from exam_engine.psychometrics.assembly.specification import (
    Across,
    EnemyLimit,
    ItemUse,
    Maximin,
    MinimaxTarget,
    MustExclude,
    Objective,
    PairOverlap,
    Range,
    Requirement,
    StimulusSets,
    TestSpecification,
)
from exam_engine.psychometrics.item_parameters import ItemParameters

LEVELS = ("NB", "TH", "VD", "VDC")
KEYS = ("A", "B", "C", "D")
ITEM_ATTRIBUTES = {"module": "module", "cog": "level", "key": "key", "stimulus": "stimulus"}
"""Names in the files → names of the pool."""
QUANTITIES = {"words": "words", "time_s": "seconds", "prev_use": "previous_uses", "months_since": "months_since"}


@dataclass(frozen=True)
class Instance:
    """One problem; ``id`` is the file's name, because several files share the id that they state."""

    id: str
    kind: str
    facts: Mapping[str, Any]
    pool_name: str
    pool: ItemPool


def read_instance(folder: Path, instance_id: str) -> Instance:
    """Read ``inst_<id>.json`` and its pool."""
    facts = json.loads((folder / f"inst_{instance_id}.json").read_text(encoding="utf-8"))
    return Instance(instance_id, facts["kind"], facts, facts["pool"], read_pool(folder, facts["pool"]))


def instance_ids(folder: Path) -> list[str]:
    """Ids of every instance of a folder."""
    return sorted(path.stem.removeprefix("inst_") for path in folder.glob("inst_*.json"))


def read_pool(folder: Path, name: str) -> ItemPool:
    """Read ``pool_<name>.npz`` and ``.json``; item ids are the item's 0-based index as text."""
    facts = json.loads((folder / f"pool_{name}.json").read_text(encoding="utf-8"))
    with np.load(folder / f"pool_{name}.npz") as arrays:
        columns = {key: arrays[key] for key in arrays.files}
    n_items = len(columns["a"])
    ids = [str(index) for index in range(n_items)]
    codes = {"module": facts["modules"], "cog": list(LEVELS), "key": list(KEYS)}
    stimulus_ids = [f"S{index:03}" for index in range(len(columns["stim_words"]))]
    stimuli = tuple(stimulus_ids[index] if index >= 0 else "" for index in columns["stimulus"].tolist())
    return ItemPool(
        parameters=ItemParameters.dichotomous(ids, columns["a"], columns["b"], columns["c"]),
        attributes={
            ITEM_ATTRIBUTES[name]: [values[index] for index in columns[name].tolist()] for name, values in codes.items()
        },
        quantities={
            QUANTITIES.get(name, name): values.astype(np.float64)
            for name, values in columns.items()
            if name not in ITEM_ATTRIBUTES and not name.startswith("stim_")
        },
        stimuli=stimuli,
        stimulus_quantities={
            "words": {
                stimulus: float(words)
                for stimulus, words in zip(stimulus_ids, columns["stim_words"].tolist(), strict=True)
                if stimulus in stimuli
            }
        },
        enemies=tuple(frozenset(ids[index] for index in enemies) for enemies in facts["enemy_sets"]),
    )


def specification_of(instance: Instance, objective: Mapping[str, Any] | None = None) -> TestSpecification:
    """The instance's specification; with another objective of the same file (``objective_alt``) when given."""
    facts = instance.facts
    has_stimuli = any(row["type"] == "stimulus" for row in facts["form"])
    return TestSpecification(
        n_forms=facts.get("n_forms", 1),
        requirements=tuple(_requirement(row, has_stimuli) for row in facts["form"]),
        across=_across(facts.get("across") or {}),
        objective=_objective(objective or facts.get("objective")),
    )


def indices_of(forms: Sequence[Sequence[str]]) -> list[list[int]]:
    """Forms as sorted lists of 0-based item indices."""
    return [sorted(int(item) for item in form) for form in forms]


def _requirement(row: Mapping[str, Any], has_stimuli: bool) -> Requirement:
    match row["type"]:
        case "length":
            return Range(Count(), *_bounds(row))
        case "count":
            return Range(Count(_where(row["where"])), *_bounds(row))
        case "sum":
            with_stimuli = has_stimuli and bool(row.get("add_stimulus_words"))
            total = Total(
                QUANTITIES.get(row["attr"], row["attr"]), _where(row.get("where") or {}), with_stimuli=with_stimuli
            )
            return Range(total, *_bounds(row))
        case "enemy":
            return EnemyLimit(row["max"])
        case "stimulus":
            return StimulusSets(row["n_lb"], row["n_ub"], row["items_lb"], row["items_ub"])
        case "exclude":
            return MustExclude(where=_where(row["where"]))
    raise ValueError(f"requirement of type {row['type']!r} is not known")


def _bounds(row: Mapping[str, Any]) -> tuple[float, float]:
    """A bound that is absent or null is none."""
    least, most = row.get("lb"), row.get("ub")
    return (-math.inf if least is None else least, math.inf if most is None else most)


def _where(where: Mapping[str, str]) -> dict[str, str]:
    return {ITEM_ATTRIBUTES[name]: ANY if value == "any" else value for name, value in where.items()}


def _across(facts: Mapping[str, Any]) -> tuple[Across, ...]:
    rules: list[Across] = []
    if facts.get("item_usage_max"):
        rules.append(ItemUse(facts["item_usage_max"]))
    if facts.get("pairwise_overlap_max") is not None:
        rules.append(PairOverlap(facts["pairwise_overlap_max"]))
    return tuple(rules)


def _objective(facts: Mapping[str, Any] | None) -> Objective:
    if facts is None:
        raise ValueError("the instance names no objective")
    measures = tuple(Information(theta) for theta in facts["theta"])
    if facts["type"] == "minimax_target":
        return MinimaxTarget(measures, tuple(facts["target"]))
    return Maximin(measures, tuple(float(weight) for weight in facts["weights"]))
