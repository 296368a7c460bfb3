"""Number-correct scores on every route at an ability, exactly, under number-correct routing.

References
----------
Lord & Wingersky (1984), Applied Psychological Measurement 8, 453–461 (the recursion, carried on here from module to
module, with the scores parted where routes part).
"""

from collections.abc import Mapping

import numpy as np

from exam_engine.psychometrics.ability.sum_scores import sum_score_distribution
from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.multistage.panel import Panel
from exam_engine.psychometrics.multistage.routing import Routing
from exam_engine.psychometrics.multistage.structure import Route


def module_score_distributions(panel: Panel, items: ItemParameters, theta: FloatArray) -> Mapping[str, FloatArray]:
    """Module → (Q, S + 1) probabilities of its scores 0 … S at each ability."""
    return {module.name: sum_score_distribution(items.select(module.item_ids), theta) for module in panel.modules}


def added_scores(before: FloatArray, module: FloatArray) -> FloatArray:
    """(Q, X + S + 1) joint probability of a path and its score, from those before a module and the module's own."""
    steps = module.shape[1] - 1
    result = np.zeros((before.shape[0], before.shape[1] + steps))
    for score in range(steps + 1):
        result[:, score : score + before.shape[1]] += before * module[:, score : score + 1]
    return result


def path_score_distributions(
    panel: Panel, items: ItemParameters, routing: Routing, theta: FloatArray
) -> Mapping[Route, FloatArray]:
    """Joint probabilities of a path and the number-correct score on it, for every path and route of the panel.

    Parameters
    ----------
    panel, routing : the routing is by number correct and leads through the panel.
    items : parameters of at least the panel's items.
    theta : (Q,) abilities.

    Returns
    -------
    Path or route → (Q, X + 1); over the routes and scores each row sums to 1.
    """
    of_module = module_score_distributions(panel, items, theta)
    found: dict[Route, FloatArray] = {(panel.start,): of_module[panel.start]}
    pending: list[Route] = [(panel.start,)]
    for path in pending:
        if path not in routing.rule_of:
            continue
        rule = routing.rule_of[path]
        choice = rule.choose(np.arange(found[path].shape[1]))
        for position, module in enumerate(rule.modules):
            going = np.where(choice == position, found[path], 0.0)
            found[(*path, module)] = added_scores(going, of_module[module])
            pending.append((*path, module))
    return found
