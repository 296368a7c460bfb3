"""Stages, modules and the routes through them.

References
----------
Luecht & Nungester (1998), Journal of Educational Measurement 35, 229–249 (panels, modules, routes); Yan, von Davier &
Lewis (eds.) (2014), *Computerized Multistage Testing*, ch. 1.
"""

import itertools
from collections.abc import Mapping, Sequence

from exam_engine.psychometrics.multistage.errors import MultistageError

Route = tuple[str, ...]
"""Names of one module a stage, in the order of the stages; the first ones of a route are a path."""


def adjacent_routes(stages: Sequence[Sequence[str]]) -> tuple[Route, ...]:
    """Every route on which nobody jumps over a level of difficulty.

    The modules of a stage, easiest first, share the range of levels equally; a module may be followed by those whose
    range touches its own. In 1-3-3 that is the same level and its neighbours (7 routes); 2 of 4 modules or 3 of 4
    follow one of 2.

    Parameters
    ----------
    stages : names of the modules of each stage, easiest first.

    Raises
    ------
    MultistageError
        ``empty_stage``.
    """
    for number, names in enumerate(stages, start=1):
        if not names:
            raise MultistageError("empty_stage", f"stage {number} has no modules; give it one or leave it out")
    return tuple(
        tuple(names[level] for names, level in zip(stages, levels, strict=True))
        for levels in itertools.product(*(range(len(names)) for names in stages))
        if all(
            # Closed intervals [i/m, (i+1)/m] and [j/n, (j+1)/n] touch; in whole numbers.
            one * len(later) <= (other + 1) * len(earlier) and other * len(earlier) <= (one + 1) * len(later)
            for (earlier, one), (later, other) in itertools.pairwise(zip(stages, levels, strict=True))
        )
    )


def check_structure(stage_of: Mapping[str, int], routes: Sequence[Route]) -> None:
    """Refuse modules and routes that do not make a panel.

    Parameters
    ----------
    stage_of : module → number of its stage, from 1.

    Raises
    ------
    MultistageError
        ``empty_stage``, ``several_starts``, ``unknown_module``, ``broken_route``, ``repeated_route`` or
        ``module_off_route``.
    """
    n_stages = max(stage_of.values(), default=0)
    for stage in range(1, n_stages + 1):
        if stage not in stage_of.values():
            raise MultistageError("empty_stage", f"stage {stage} has no modules; number the stages from 1 without gaps")
    first = [name for name, stage in stage_of.items() if stage == 1]
    if len(first) != 1:
        raise MultistageError(
            "several_starts", f"stage 1 has the modules {first}; everybody starts with the same one", modules=first
        )
    seen: set[Route] = set()
    for route in routes:
        unknown = [name for name in route if name not in stage_of]
        if unknown:
            raise MultistageError(
                "unknown_module", f"route {route_label(route)}: there is no module {unknown[0]!r}", module=unknown[0]
            )
        if [stage_of[name] for name in route] != list(range(1, n_stages + 1)):
            raise MultistageError(
                "broken_route",
                f"route {route_label(route)} needs one module of each of the {n_stages} stages, in their order",
                route=list(route),
            )
        if route in seen:
            raise MultistageError("repeated_route", f"route {route_label(route)} is given twice", route=list(route))
        seen.add(route)
    idle = [name for name in stage_of if not any(name in route for route in routes)]
    if idle:
        raise MultistageError("module_off_route", f"no route leads to the modules {idle}", modules=idle)


def next_modules(stage_of: Mapping[str, int], routes: Sequence[Route], path: Route) -> tuple[str, ...]:
    """Modules that may follow a path, in the order in which the panel names them; none at the end of a route."""
    following = {route[len(path)] for route in routes if len(route) > len(path) and route[: len(path)] == path}
    return tuple(name for name in stage_of if name in following)


def paths(routes: Sequence[Route]) -> tuple[Route, ...]:
    """Every beginning of a route after which there is a stage to come, the shortest first."""
    found = {route[:length] for route in routes for length in range(1, len(route))}
    order = {route: number for number, route in enumerate(routes)}
    first = {path: min(order[route] for route in routes if route[: len(path)] == path) for path in found}
    return tuple(sorted(found, key=lambda path: (len(path), first[path])))


def route_label(route: Route) -> str:
    """The route for messages, ``R → 2E → 3M``."""
    return " → ".join(route)
