"""Cut scores for routing: where information curves cross, at shares of the population, and as number correct.

References
----------
Luecht, Brumfield & Breithaupt (2006), Applied Measurement in Education 19, 189–202 (approximate maximum information,
defined population intervals, number correct from the characteristic curve); Weissman, Belov & Armstrong (2007), LSAC
Research Report 07-05 (cuts on number correct).
"""

import itertools
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.optimize import brentq

from exam_engine.psychometrics.ability.posterior import refined
from exam_engine.psychometrics.ability.scaled_scores import expected_sum_scores
from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.multistage.errors import MultistageError
from exam_engine.psychometrics.multistage.panel import Panel
from exam_engine.psychometrics.multistage.routing import Routing, RoutingRule
from exam_engine.psychometrics.multistage.score_distributions import added_scores, module_score_distributions
from exam_engine.psychometrics.multistage.structure import Route, paths, route_label
from exam_engine.psychometrics.quadrature import Quadrature, normal_quadrature
from exam_engine.psychometrics.response_functions import fisher_information

NumberCorrectMethod = Literal["posterior_mean", "characteristic_curve"]

_REFINEMENT = 16


def maximum_information_routing(panel: Panel, items: ItemParameters, population: Quadrature | None = None) -> Routing:
    """Cuts where the information curves of neighbouring modules cross, so that each goes where it measures best (AMI).

    Of several crossings the one counts from which on the harder module has the most information more, weighted by the
    population.

    Parameters
    ----------
    panel : modules of a stage easiest first.
    items : parameters of at least the panel's items.
    population : distribution of ability; standard normal when None.

    Raises
    ------
    MultistageError
        ``no_crossing`` naming two modules of which one is everywhere the more informative, ``module_never_best`` naming
        one that its neighbours surpass everywhere.
    """
    density = refined(population if population is not None else normal_quadrature(), _REFINEMENT)
    information = {
        module.name: fisher_information(density.nodes, items.select(module.item_ids)).sum(axis=1)
        for module in panel.modules
    }
    rules: list[RoutingRule] = []
    for path in paths(panel.routes):
        modules = panel.next_modules(path)
        cuts = [
            _crossing(panel, items, density, (easier, harder), information[harder] - information[easier])
            for easier, harder in itertools.pairwise(modules)
        ]
        for (lower, upper), module in zip(itertools.pairwise(cuts), modules[1:-1], strict=True):
            if lower >= upper:
                raise MultistageError(
                    "module_never_best",
                    f"module {module!r} is nowhere the most informative of {list(modules)}; give it other items, or "
                    "use shares of the population",
                    module=module,
                    cuts=cuts,
                )
        rules.append(RoutingRule(path, modules, tuple(cuts)))
    return Routing("EAP", tuple(rules))


def population_interval_routing(
    panel: Panel, shares: Mapping[str, float] | None = None, population: Quadrature | None = None
) -> Routing:
    """Cuts at quantiles of ability, so that each module of a stage is for its share of the population (DPI).

    Parameters
    ----------
    panel : modules of a stage easiest first.
    shares : module → its share within its stage; equal shares for the modules of a stage that is not named at all.
    population : distribution of ability; standard normal when None.

    Notes
    -----
    Estimates are less spread than abilities, and rules after stage 2 know only the neighbours of the last module, so
    that the shares come out approximately; a simulation tells.

    Raises
    ------
    MultistageError
        ``bad_shares``, ``unknown_module``.
    """
    unknown = sorted(set(shares or {}) - set(panel.stage_of))
    if unknown:
        raise MultistageError("unknown_module", f"there is no module {unknown[0]!r}", module=unknown[0])
    begins, ends = _share_limits(panel, shares or {})
    density = refined(population if population is not None else normal_quadrature(), _REFINEMENT)
    # Each node stands for the interval around it, so half of its weight lies below it.
    below = np.cumsum(density.weights) - 0.5 * density.weights
    distinct = np.append(True, np.diff(below) > 0.0)
    quantile = PchipInterpolator(below[distinct], density.nodes[distinct])
    rules: list[RoutingRule] = []
    for path in paths(panel.routes):
        modules = panel.next_modules(path)
        # Modules of the stage that may not follow here leave their share to both sides.
        limits = [0.5 * (ends[easier] + begins[harder]) for easier, harder in itertools.pairwise(modules)]
        rules.append(RoutingRule(path, modules, tuple(float(quantile(limit)) for limit in limits)))
    return Routing("EAP", tuple(rules))


def number_correct_routing(
    routing: Routing,
    panel: Panel,
    items: ItemParameters,
    *,
    method: NumberCorrectMethod = "posterior_mean",
    population: Quadrature | None = None,
) -> Routing:
    """The same routing by number correct: for every cut the lowest score that goes on to the harder module.

    Parameters
    ----------
    routing : cuts in logits.
    panel : that it leads through.
    items : parameters of at least the panel's items.
    method : ``posterior_mean`` compares the mean ability of those who took the path and have the score with the cut,
        exactly, which is the best that the score allows for; ``characteristic_curve`` takes the score expected at the
        cut, rounded up.
    population : distribution of ability for the posterior mean; standard normal when None.

    Raises
    ------
    MultistageError
        ``unknown_option``, ``not_by_ability``, ``cut_out_of_reach`` when every score or none would go on,
        ``cuts_collide`` when no score lies between two cuts, and what ``Routing.refuse_other_panel`` raises.
    """
    if method not in ("posterior_mean", "characteristic_curve"):
        raise MultistageError("unknown_option", f"method {method!r} is not one of posterior_mean, characteristic_curve")
    if routing.score != "EAP":
        raise MultistageError("not_by_ability", "the cuts are number-correct scores already; give cuts in logits")
    routing.refuse_other_panel(panel)
    density = population if population is not None else normal_quadrature()
    of_module = module_score_distributions(panel, items, density.nodes)
    rules: list[RoutingRule] = []
    reached: dict[Route, FloatArray] = {(panel.start,): of_module[panel.start]}
    for path in paths(panel.routes):
        rule = routing.rule_of[path]
        joint = reached[path] * density.weights[:, None]
        share = joint.sum(axis=0)
        possible = np.flatnonzero(share > 0.0)
        if method == "posterior_mean":
            value = (density.nodes @ joint)[possible] / share[possible]
            wanted = np.array(rule.cuts)
        else:
            value = possible.astype(np.float64)
            wanted = expected_sum_scores(items.select(panel.route_items(path)), np.array(rule.cuts)) - 1e-9
        scores: list[float] = []
        for cut in wanted:
            at_or_above = value >= cut
            if at_or_above.all() or not at_or_above.any():
                raise MultistageError(
                    "cut_out_of_reach",
                    f"after {route_label(path)} {'every' if at_or_above.all() else 'no'} number-correct score reaches "
                    f"the cut of {rule.cuts[len(scores)]:.3f} logits; take the route out or move the cut",
                    path=list(path),
                )
            scores.append(float(possible[at_or_above].min()))
        if any(one >= other for one, other in itertools.pairwise(scores)):
            raise MultistageError(
                "cuts_collide",
                f"after {route_label(path)} no number-correct score lies between two of the cuts {list(rule.cuts)}",
                path=list(path),
            )
        own = replace(rule, cuts=tuple(scores))
        rules.append(own)
        choice = own.choose(np.arange(reached[path].shape[1]))
        for position, module in enumerate(own.modules):
            going = np.where(choice == position, reached[path], 0.0)
            reached[(*path, module)] = added_scores(going, of_module[module])
    return Routing("number_correct", tuple(rules))


def _crossing(
    panel: Panel, items: ItemParameters, density: Quadrature, pair: tuple[str, str], excess: FloatArray
) -> float:
    rising = np.flatnonzero((excess[:-1] < 0.0) & (excess[1:] >= 0.0))
    if not rising.size:
        raise MultistageError(
            "no_crossing",
            f"the information of {pair[1]!r} nowhere rises above that of {pair[0]!r}; name the modules of a stage "
            "easiest first, give them other items, or use shares of the population",
            modules=list(pair),
        )
    gain_above = np.cumsum((excess * density.weights)[::-1])[::-1]
    place = int(rising[np.argmax(gain_above[rising + 1])])
    easier, harder = (items.select(panel.items_of[name]) for name in pair)

    def difference(theta: float) -> float:
        at = np.array([theta])
        return float(fisher_information(at, harder).sum() - fisher_information(at, easier).sum())

    return float(brentq(difference, density.nodes[place], density.nodes[place + 1]))


def _share_limits(panel: Panel, shares: Mapping[str, float]) -> tuple[dict[str, float], dict[str, float]]:
    """Module → share of the population below it, and up to and with it."""
    begins: dict[str, float] = {}
    ends: dict[str, float] = {}
    for stage in sorted(set(panel.stage_of.values())):
        names = [name for name, own in panel.stage_of.items() if own == stage]
        named = [name for name in names if name in shares]
        own_shares = [shares.get(name, math.nan) if named else 1.0 / len(names) for name in names]
        if not all(share > 0.0 for share in own_shares) or abs(sum(own_shares) - 1.0) > 1e-6:
            raise MultistageError(
                "bad_shares",
                f"stage {stage}: the modules {names} need positive shares that sum to 1, got {own_shares}",
                stage=stage,
            )
        edges = np.cumsum([0.0, *own_shares])
        begins |= dict(zip(names, edges[:-1].tolist(), strict=True))
        ends |= dict(zip(names, edges[1:].tolist(), strict=True))
    return begins, ends
