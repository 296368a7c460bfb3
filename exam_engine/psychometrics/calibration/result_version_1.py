"""Reading calibrations stored in version 1 of the format, which knew right/wrong items and one population."""

from collections.abc import Mapping
from typing import Any

from exam_engine.psychometrics.quadrature import normal_quadrature


def from_version_1(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The same calibration in version 2; what version 1 did not record is null or empty.

    Version 1 stored counts as a number of responses and a proportion, and the covariance with all slopes before all
    intercepts; version 2 goes item by item.
    """
    quadrature = normal_quadrature(**{_NODES[name]: value for name, value in stored["quadrature"].items()})
    names = [item["name"] for item in stored["items"]]
    covariance = stored["covariance"]
    if covariance is not None:
        order = [index + half for index in range(len(names)) for half in (0, len(names))]
        covariance = [
            [covariance[max(row, column)][min(row, column)] for column in order[: place + 1]]
            for place, row in enumerate(order)
        ]
    settings = {name: value for name, value in stored["settings"].items() if name in _SETTINGS}
    return {
        "items": [_item(item, stored["model"]) for item in stored["items"]],
        "excluded": stored["excluded"],
        "groups": [
            {
                "name": "",
                "n_candidates": stored["n_candidates"],
                "mean": 0.0,
                "sd": 1.0,
                "se_mean": None,
                "se_sd": None,
                "weights": quadrature.weights.tolist(),
            }
        ],
        "nodes": quadrature.nodes.tolist(),
        "warnings": stored["warnings"],
        "certificate": {
            "converged": stored["converged"],
            "max_gradient": stored["max_gradient"],
            "max_change": stored["max_change"],
            "newton_decrement": stored["newton_decrement"],
            "condition_number": stored["condition_number"],
            "is_identified": None if stored["condition_number"] is None else True,
            "iterations": stored["iterations"],
            "e_steps": stored["e_steps"],
            "trace": stored["log_likelihood_trace"],
            "linked_item_sets": None,
            "items_at_bounds": [],
            "smallest_posterior_sd": None,
            "seconds": None,
        },
        "parameters": [] if covariance is None else [[name, kind] for name in names for kind in ("a", "d1")],
        "covariance": covariance,
        "settings": settings
        | {
            "item_models": {},
            "priors": {},
            "standard_errors": "observed" if stored["settings"]["standard_errors"] else "none",
        },
        "log_likelihood": stored["log_likelihood"],
        "log_prior": 0.0,
        "n_parameters": stored["n_parameters"],
        "n_candidates": stored["n_candidates"],
    }


_NODES = {"n_nodes": "n_nodes", "theta_min": "lower", "theta_max": "upper"}
_SETTINGS = frozenset(
    {
        "model",
        "n_nodes",
        "theta_min",
        "theta_max",
        "max_iterations",
        "parameter_tolerance",
        "gradient_tolerance",
        "accelerate",
        "refine_quadrature",
        "block_rows",
    }
)


def _item(item: Mapping[str, Any], model: str) -> dict[str, Any]:
    right = item["n_responses"] * item["proportion_correct"]
    return {
        "name": item["name"],
        "model": model,
        "n_categories": 2,
        "a": item["a"],
        "d": item["d"],
        "b": item["b"],
        "se_a": item["se_a"],
        "se_d": item["se_d"],
        "se_b": item["se_b"],
        "fixed": False,
        "n_responses": item["n_responses"],
        "mean_score": item["proportion_correct"],
        "category_counts": [item["n_responses"] - right, right],
        "category_scores": [0, 1],
        "flags": item["flags"],
    }
