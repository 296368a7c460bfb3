"""What a shadow-test CAT needs besides its specification, compiled with the pool into one test."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from exam_engine.psychometrics.adaptive.errors import AdaptiveTestError
from exam_engine.psychometrics.adaptive.exposure import ItemEligibility, RestrictedRate
from exam_engine.psychometrics.adaptive.settings import check_cuts
from exam_engine.psychometrics.adaptive.shadow_assembly import ShadowAssembler, ShadowDemand, ShadowTest
from exam_engine.psychometrics.adaptive.tables import GridTables
from exam_engine.psychometrics.arrays import FloatArray, IntArray
from exam_engine.psychometrics.assembly.pool import ItemPool, SpecificationError
from exam_engine.psychometrics.assembly.specification import TestSpecification
from exam_engine.psychometrics.quadrature import Quadrature, normal_quadrature


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowSettings:
    """Estimation and exposure control of a shadow-test CAT; its length and content are the specification's.

    Parameters
    ----------
    exposure : eligibility, or the restrictive rule, of items and of stimuli. Either bars them by a penalty, so that a
        test always exists. None for no control.
    prior_mean, prior_sd : normal prior of ability, logits.
    ability_range, n_nodes : grid on which the posterior is held and outside which no estimate lies.
    start : ability at which the first shadow test is assembled; the prior mean when None.
    cuts : increasing abilities that separate the categories reported; none for no decision.

    Raises
    ------
    AdaptiveTestError
        ``bad_prior`` or ``bad_cuts``.
    """

    exposure: ItemEligibility | RestrictedRate | None = None
    prior_mean: float = 0.0
    prior_sd: float = 1.0
    ability_range: tuple[float, float] = (-4.0, 4.0)
    n_nodes: int = 81
    start: float | None = None
    cuts: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no posterior can be computed from."""
        if self.cuts:
            check_cuts(self.cuts)
        start = self.first_ability
        if not np.isfinite(start):
            raise AdaptiveTestError("bad_prior", f"the first shadow test needs a finite ability, not {start}")
        try:
            grid = self.prior
        except ValueError as error:
            raise AdaptiveTestError("bad_prior", str(error)) from error
        if grid.spacing > self.prior_sd:
            raise AdaptiveTestError(
                "bad_prior", f"nodes {grid.spacing:g} apart are too coarse for a prior of sd {self.prior_sd:g}"
            )

    @property
    def prior(self) -> Quadrature:
        """The prior on the grid."""
        low, high = self.ability_range
        return normal_quadrature(self.n_nodes, low, high, mean=self.prior_mean, sd=self.prior_sd)

    @property
    def first_ability(self) -> float:
        """Ability at which the first shadow test is assembled."""
        return self.prior_mean if self.start is None else self.start

    @property
    def segment_bounds(self) -> tuple[float, ...]:
        """Abilities between the segments of exposure control."""
        return () if self.exposure is None else self.exposure.segment_bounds


class ShadowAdaptiveTest:
    """A shadow-test CAT that can be given to candidates and simulated.

    Parameters
    ----------
    pool : J items, S stimuli.
    specification : what every candidate's test meets; its objective, and what it says of several forms, are left aside.
        Items of one stimulus come one after the other, and the parts of the specification in their order.
    settings : defaults when None.
    backend : see ``ShadowAssembler``.

    Attributes
    ----------
    assembler : of its shadow tests.
    first : the shadow test of a candidate of whom nothing is known, exposure control apart.
    part_of : (J,) part of each item; those of no part come last.

    Raises
    ------
    SpecificationError
        When the specification speaks of what the pool does not have, or ``stimulus_in_two_parts``.
    AdaptiveTestError
        ``infeasible`` when no test meets the specification.
    """

    def __init__(
        self,
        pool: ItemPool,
        specification: TestSpecification,
        settings: ShadowSettings | None = None,
        *,
        backend: Literal["highspy", "scipy"] | None = None,
    ) -> None:
        self.pool, self.specification = pool, specification
        self.settings = settings if settings is not None else ShadowSettings()
        self.prior = self.settings.prior
        self._tables = GridTables(pool.parameters, self.prior.nodes)
        self._log_prior: FloatArray = np.log(np.maximum(self.prior.weights, np.finfo(np.float64).tiny))
        self.part_of = _parts(pool, specification)
        self.assembler = ShadowAssembler(pool, specification, backend=backend)
        nothing = np.empty(0, dtype=np.intp)
        self.first: ShadowTest = self.assembler.assemble(
            ShadowDemand(
                information=self.information(self.settings.first_ability), given=nothing, closed=nothing, barred=None
            )
        )

    @property
    def longest(self) -> int:
        """Greatest number of items of a test."""
        return self.assembler.longest

    @property
    def n_controlled(self) -> int:
        """J + S: exposure control counts items and, where the specification speaks of them, stimuli."""
        return self.assembler.rows.n_items + self.assembler.rows.n_stimuli

    def information(self, theta: float) -> FloatArray:
        """(J,) Fisher information at an ability."""
        result: FloatArray = self._tables.information_at(np.array([theta]))[0]
        return result

    def estimate(self, items: IntArray, scores: IntArray) -> tuple[float, float]:
        """Mean and standard deviation of the posterior after some responses (EAP), logits."""
        nodes = self.prior.nodes
        log_posterior = self._log_prior + self._tables.log_probability[items * self._tables.n_categories + scores].sum(
            0
        )
        weights = np.exp(log_posterior - log_posterior.max())
        weights /= weights.sum()
        mean = float(weights @ nodes)
        return mean, float(np.sqrt(weights @ (nodes - mean) ** 2))

    def closed_after(self, given: IntArray) -> IntArray:
        """Items that may not follow those given: of stimuli that were left, and of parts that are over."""
        if not given.size:
            return given
        stimulus_of, last = self.pool.stimulus_of, given[-1]
        left = np.setdiff1d(stimulus_of[given], [-1, stimulus_of[last]])
        closed = self.part_of < self.part_of[given].max()
        if left.size:
            closed |= np.isin(stimulus_of, left)
        closed[given] = False
        return np.flatnonzero(closed)

    def choose(self, shadow: ShadowTest, demand: ShadowDemand) -> int | None:
        """The item to give next: in the stimulus begun, then in the earliest part, the most informative; None if none.

        Items that exposure control bars come after all others of their kind.
        """
        free = np.setdiff1d(shadow.items, demand.given, assume_unique=True)
        if not free.size:
            return None
        stimulus_of = self.pool.stimulus_of
        begun = stimulus_of[demand.given[-1]] if demand.given.size else -1
        within = free[stimulus_of[free] == begun] if begun >= 0 else free[:0]
        free = within if within.size else free[self.part_of[free] == self.part_of[free].min()]
        if demand.barred is not None and not demand.barred[free].all():
            free = free[~demand.barred[free]]
        return int(free[np.argmax(demand.information[free])])


def _parts(pool: ItemPool, specification: TestSpecification) -> IntArray:
    part_of = np.full(len(pool.item_ids), len(specification.parts), dtype=np.intp)
    for number, part in enumerate(specification.parts):
        part_of[pool.matching(part.where)] = number
    for place, stimulus in enumerate(pool.stimulus_ids):
        parts = np.unique(part_of[pool.stimulus_of == place])
        if parts.size > 1:
            raise SpecificationError(
                "stimulus_in_two_parts",
                f"the items of stimulus {stimulus!r} belong to different parts, so they cannot follow each other",
                stimulus=stimulus,
            )
    return part_of
