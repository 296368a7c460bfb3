"""Abilities of candidates, each with the distribution of the own group."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from exam_engine.psychometrics.ability import (
    AbilityEstimates,
    estimate_eap,
    estimate_eap_sum,
    estimate_map,
    estimate_mle,
    estimate_wle,
)
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.quadrature import Quadrature, normal_quadrature
from exam_engine.psychometrics.responses import ResponseMatrix
from exam_engine.psychometrics_cli.errors import CommandError
from exam_engine.psychometrics_cli.parameter_files import ParameterTable

METHODS: Final = ("eap", "map", "mle", "wle", "eapsum")


def priors_by_group(
    known: ParameterTable, labels: NDArray[np.str_], mean: float | None, sd: float | None
) -> dict[str, Quadrature]:
    """The ability distribution of each group: the one asked for, the calibration's, or the standard normal.

    Raises
    ------
    CommandError
        ``group_not_calibrated`` for a group without a distribution in a calibration of several groups,
        ``group_needed`` when such a calibration meets candidates without groups.
    """
    names = np.unique(labels).tolist()
    if mean is not None or sd is not None:
        wanted = normal_quadrature(mean=mean or 0.0, sd=1.0 if sd is None else sd)
        return dict.fromkeys(names, wanted)
    if known.result is None:
        return dict.fromkeys(names, normal_quadrature())
    of_group = {population.name: population.quadrature for population in known.result.groups}
    if len(of_group) == 1:
        return dict.fromkeys(names, known.result.quadrature)
    if names == [""]:
        raise CommandError("group_needed", known=", ".join(of_group))
    missing = [name for name in names if name not in of_group]
    if missing:
        raise CommandError("group_not_calibrated", group=missing[0], known=", ".join(of_group))
    return {name: of_group[name] for name in names}


def estimate(
    responses: ResponseMatrix,
    items: ItemParameters,
    labels: NDArray[np.str_],
    priors: dict[str, Quadrature],
    method: str,
) -> AbilityEstimates:
    """Estimates of all candidates, each with the distribution of the own group.

    Raises
    ------
    CommandError
        ``bad_choice`` for an unknown method.
    """
    name = method.strip().casefold()
    if name not in METHODS:
        raise CommandError("bad_choice", value=method, known=", ".join(METHODS))
    if name == "mle":
        return estimate_mle(responses, items)
    if name == "wle":
        return estimate_wle(responses, items)
    if name == "map":
        return estimate_map(
            responses,
            items,
            prior_mean=np.array([priors[label].mean for label in labels]),
            prior_sd=np.array([priors[label].sd for label in labels]),
        )
    by_prior: Callable[[ResponseMatrix, ItemParameters, Quadrature], AbilityEstimates] = (
        estimate_eap if name == "eap" else estimate_eap_sum
    )
    if len(priors) == 1:
        return by_prior(responses, items, next(iter(priors.values())))
    parts = {group: np.flatnonzero(labels == group) for group in priors}
    found = {group: by_prior(_rows(responses, rows), items, priors[group]) for group, rows in parts.items()}
    order = np.argsort(np.concatenate(list(parts.values())))

    def joined(field: str) -> Any:
        return np.concatenate([getattr(part, field) for part in found.values()])[order]

    return replace(
        next(iter(found.values())),
        theta=joined("theta"),
        standard_error=joined("standard_error"),
        n_items=joined("n_items"),
        flagged=joined("flagged"),
        candidate_ids=responses.candidate_ids,
    )


def _rows(responses: ResponseMatrix, rows: NDArray[np.intp]) -> ResponseMatrix:
    return ResponseMatrix(responses.scores[rows], responses.item_names, responses.weights[rows])
