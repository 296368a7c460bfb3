"""All fit statistics of one set of responses and parameters, each computed or refused with a reason."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from exam_engine.psychometrics.ability import estimate_wle
from exam_engine.psychometrics.fit import (
    CurveDeviations,
    FitError,
    ItemChiSquares,
    LimitedInformationFit,
    MeanSquares,
    PairChiSquares,
    PersonFit,
    ResidualCorrelations,
    infit_outfit,
    ld_x2,
    m2,
    person_fit,
    q3,
    rmsd,
    s_x2,
)
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.quadrature import Quadrature
from exam_engine.psychometrics.responses import ResponseMatrix
from exam_engine.psychometrics_cli.abilities import estimate
from exam_engine.psychometrics_cli.errors import message_code

UNLIKELY: Final = 0.05
"""Level of lz* at which a pattern counts as unlikely."""

WholeStatistic = Literal["auto", "M2", "C2"]
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class FitStatistics:
    """Fit of items, pairs, test and candidates; None for what was refused.

    Parameters
    ----------
    refused : statistic → message code of why it could not be computed.
    others : see the functions of ``exam_engine.psychometrics.fit``.
    """

    s_x2: ItemChiSquares | None
    mean_squares: MeanSquares | None
    whole: LimitedInformationFit | None
    q3: ResidualCorrelations | None
    ld_x2: PairChiSquares | None
    curves: CurveDeviations | None
    persons: PersonFit | None
    refused: Mapping[str, str]

    def to_dict(self) -> dict[str, Any]:
        """JSON values; a statistic that was refused is null and ``refused`` says why."""
        parts = {
            "s_x2": self.s_x2,
            "mean_squares": self.mean_squares,
            "m2": self.whole,
            "q3": self.q3,
            "ld_x2": self.ld_x2,
            "rmsd": self.curves,
            "person_fit": self.persons,
        }
        return {
            **{name: None if part is None else part.to_dict() for name, part in parts.items()},
            "refused": dict(self.refused),
        }


def fit_statistics(
    responses: ResponseMatrix,
    items: ItemParameters,
    labels: NDArray[np.str_],
    populations: Mapping[str, Quadrature],
    *,
    fixed: Sequence[str],
    whole: WholeStatistic = "auto",
) -> FitStatistics:
    """Compute what the data allow.

    Mean squares and person fit rest on weighted likelihood estimates, Q3 on EAP.

    Parameters
    ----------
    responses, items : matched by name.
    labels : (N,) groups; populations : their ability distributions.
    fixed : items whose parameters were not estimated from these responses.
    whole : statistic of the whole test; ``auto`` is M2 for right/wrong items, C2 with others.
    """
    own = items.select(responses.item_names)
    held = [name for name in fixed if name in set(own.names)]
    refused: dict[str, str] = {}

    def attempt(name: str, compute: Callable[[], _Result]) -> _Result | None:
        try:
            return compute()
        except FitError as error:
            refused[name] = message_code(error)
            return None

    groups = None if len(populations) == 1 else labels.tolist()
    by_group = next(iter(populations.values())) if groups is None else dict(populations)
    mixture = mixed(responses, labels, populations)
    name: Literal["M2", "C2"] = ("C2" if (own.n_categories > 2).any() else "M2") if whole == "auto" else whole
    wle = estimate_wle(responses, own).theta
    eap = estimate(responses, own, labels, dict(populations), "eap").theta
    return FitStatistics(
        s_x2=attempt("s_x2", lambda: s_x2(responses, own, by_group, groups=groups, fixed=held)),
        mean_squares=attempt("mean_squares", lambda: infit_outfit(responses, own, wle)),
        whole=attempt("m2", lambda: m2(responses, own, by_group, statistic=name, groups=groups, fixed=held)),
        q3=attempt("q3", lambda: q3(responses, own, eap)),
        ld_x2=attempt("ld_x2", lambda: ld_x2(responses, own, mixture)),
        curves=attempt("rmsd", lambda: rmsd(responses, own, mixture, fixed=held)),
        persons=attempt("person_fit", lambda: person_fit(responses, own, wle)),
        refused=refused,
    )


def mixed(responses: ResponseMatrix, labels: NDArray[np.str_], populations: Mapping[str, Quadrature]) -> Quadrature:
    """Ability distribution of all candidates together: those of the groups by their numbers."""
    parts = list(populations.values())
    if len(parts) == 1:
        return parts[0]
    size = np.array([responses.weights[labels == name].sum() for name in populations])
    return Quadrature(parts[0].nodes, size / size.sum() @ np.array([part.weights for part in parts]))
