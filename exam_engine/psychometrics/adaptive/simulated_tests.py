"""What simulated adaptive tests were like: precision, exposure, decisions, lengths and content.

References
----------
Chang & Ying (1999), Applied Psychological Measurement 23, 211–222 (χ² of exposure rates); Chen, Ankenmann & Spray
(2003), Journal of Educational Measurement 40, 129–145 (test overlap from exposure rates).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from exam_engine.psychometrics.adaptive.exposure import ExposureRecord
from exam_engine.psychometrics.adaptive.pool import AdaptivePool
from exam_engine.psychometrics.adaptive.settings import AdaptiveSettings, check_cuts
from exam_engine.psychometrics.adaptive.stopping import STOP_REASONS
from exam_engine.psychometrics.arrays import FloatArray, IntArray, ScoreArray

NO_ITEM = -1


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ConditionalPrecision:
    """Errors of estimates by bins of true ability; B bins, B + 1 edges. NaN where a bin has nobody.

    Attributes
    ----------
    edges : (B + 1,) logits.
    n_candidates : (B,).
    bias, rmse : (B,) mean and root mean square of estimate − ability.
    standard_error : (B,) root mean square of the standard errors reported.
    length : (B,) mean test length.
    """

    edges: FloatArray
    n_candidates: IntArray
    bias: FloatArray
    rmse: FloatArray
    standard_error: FloatArray
    length: FloatArray

    def to_dict(self) -> list[dict[str, Any]]:
        """One JSON object a bin."""
        return [
            {
                "from": float(self.edges[place]),
                "to": float(self.edges[place + 1]),
                "n_candidates": int(self.n_candidates[place]),
            }
            | {
                name: float(values[place]) if np.isfinite(values[place]) else None
                for name, values in (
                    ("bias", self.bias),
                    ("rmse", self.rmse),
                    ("standard_error", self.standard_error),
                    ("length", self.length),
                )
            }
            for place in range(self.n_candidates.size)
        ]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ExposureReport:
    """How often items were given.

    Attributes
    ----------
    rates : (J,) share of candidates who were given the item.
    maximum : the highest rate.
    unused_share : share of items that nobody was given.
    chi_square : Σ (rate − L/J)² / (L/J) with L the mean length: 0 when all items are used alike.
    overlap : mean share of a test that another candidate's test has too; for tests of unequal lengths, shared items of
        two random candidates over the mean length. NaN for one candidate.
    """

    rates: FloatArray
    maximum: float
    unused_share: float
    chi_square: float
    overlap: float

    def to_dict(self) -> dict[str, Any]:
        """The figures, without the rates, as a JSON object."""
        return {
            "maximum": self.maximum,
            "unused_share": self.unused_share,
            "chi_square": self.chi_square,
            "overlap": self.overlap if np.isfinite(self.overlap) else None,
        }


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class DecisionReport:
    """Quality of simulated decisions at C cuts.

    Attributes
    ----------
    table : (C + 1, C + 1) shares of candidates by true (row) and decided (column) category.
    consistency : share of pairs of candidates of (nearly) the same ability with the same decision. Neighbours in true
        ability make the pairs, so that it is NaN for one candidate and rough for few.
    """

    table: FloatArray
    consistency: float

    @property
    def accuracy(self) -> float:
        """Share of candidates in their true category."""
        return float(np.trace(self.table))

    @property
    def false_positive(self) -> float:
        """Share of all candidates put above their true category."""
        return float(np.triu(self.table, 1).sum())

    @property
    def false_negative(self) -> float:
        """Share of all candidates put below their true category."""
        return float(np.tril(self.table, -1).sum())

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "accuracy": self.accuracy,
            "consistency": self.consistency if np.isfinite(self.consistency) else None,
            "false_positive": self.false_positive,
            "false_negative": self.false_negative,
            "table": self.table.tolist(),
        }


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SimulatedTests:
    """Tests of N simulated candidates, in the order of the abilities given.

    Attributes
    ----------
    pool, settings : of the test.
    theta : (N,) true abilities.
    estimate, standard_error : (N,) at the end of the test.
    length : (N,) items given.
    stop_reason : (N,) places in ``STOP_REASONS``.
    category : (N,) decided category, the number of cuts the candidate is above; 0 without a classification rule.
    items : (N, L) positions in the pool in the order given, −1 beyond a test's end.
    scores : (N, L) of those items.
    exposure_relaxed, content_relaxed : (N,) selections at which exposure control, or content too, had to give way.
    visits : (S,) candidates whose interim estimate was in each segment of ability at some selection.
    given : (S, J) of them, those who were given the item there.
    set_aside : (S, J) of them, those for whom Sympson–Hetter control set it aside there.
    record : exposure counts after the last candidate, for the controls that keep them.
    """

    pool: AdaptivePool
    settings: AdaptiveSettings
    theta: FloatArray
    estimate: FloatArray
    standard_error: FloatArray
    length: IntArray
    stop_reason: IntArray
    category: IntArray
    items: NDArray[np.int32]
    scores: ScoreArray
    exposure_relaxed: IntArray
    content_relaxed: IntArray
    visits: FloatArray
    given: FloatArray
    set_aside: IntArray
    record: ExposureRecord | None = None

    @classmethod
    def unfilled(cls, pool: AdaptivePool, settings: AdaptiveSettings, theta: FloatArray) -> Self:
        """Arrays for candidates of these abilities, to be written into."""
        n, longest = theta.size, settings.maximum_length
        return cls(
            pool=pool,
            settings=settings,
            theta=theta,
            estimate=np.full(n, np.nan),
            length=np.zeros(n, dtype=np.intp),
            stop_reason=np.zeros(n, dtype=np.intp),
            category=np.zeros(n, dtype=np.intp),
            exposure_relaxed=np.zeros(n, dtype=np.intp),
            content_relaxed=np.zeros(n, dtype=np.intp),
            standard_error=np.full(n, np.inf),
            items=np.full((n, longest), NO_ITEM, dtype=np.int32),
            scores=np.full((n, longest), NO_ITEM, dtype=np.int8),
            visits=np.zeros(len(settings.segment_bounds) + 1),
            given=np.zeros((len(settings.segment_bounds) + 1, len(pool.items))),
            set_aside=np.zeros((len(settings.segment_bounds) + 1, len(pool.items)), dtype=np.intp),
        )

    def with_record(self, record: ExposureRecord | None) -> Self:
        """The same with the exposure counts."""
        return replace(self, record=record)

    @property
    def bias(self) -> float:
        """Mean of estimate − ability, logits."""
        return float((self.estimate - self.theta).mean())

    @property
    def rmse(self) -> float:
        """Root mean square of estimate − ability, logits."""
        return float(np.sqrt(((self.estimate - self.theta) ** 2).mean()))

    @property
    def times_given(self) -> IntArray:
        """(J,) candidates who were given each item."""
        return np.bincount(self.items[self.items != NO_ITEM], minlength=len(self.pool.items))

    @property
    def segment_rates(self) -> FloatArray:
        """(S, J) exposure rates among the candidates who visited each segment; 0 where nobody did."""
        visits = self.visits[:, None]
        return np.divide(self.given, visits, out=np.zeros_like(self.given), where=visits > 0.0)

    @property
    def exposure(self) -> ExposureReport:
        """How often items were given."""
        count, n = self.times_given, self.theta.size
        rates = count / n
        even = float(self.length.mean()) / count.size
        shared = float((count * (count - 1.0)).sum())
        return ExposureReport(
            rates=rates,
            maximum=float(rates.max()),
            unused_share=float((count == 0).mean()),
            chi_square=float(((rates - even) ** 2).sum() / even),
            overlap=shared / (n * (n - 1.0) * float(self.length.mean())) if n > 1 else float("nan"),
        )

    @property
    def stops(self) -> dict[str, int]:
        """Number of tests that each reason ended, of those that ended any."""
        counts = np.bincount(self.stop_reason, minlength=len(STOP_REASONS))
        return {reason: int(count) for reason, count in zip(STOP_REASONS, counts, strict=True) if count}

    @property
    def lengths(self) -> dict[int, int]:
        """Number of tests of each length that occurs."""
        length, count = np.unique(self.length, return_counts=True)
        return {int(value): int(number) for value, number in zip(length, count, strict=True)}

    @property
    def content_counts(self) -> IntArray:
        """(N, A) items of each content area in each test."""
        n_areas = len(self.pool.area_names)
        rows, columns = np.nonzero(self.items != NO_ITEM)
        area = self.pool.area_of[self.items[rows, columns]]
        return np.bincount(rows * n_areas + area, minlength=self.theta.size * n_areas).reshape(-1, n_areas)

    def conditional(self, edges: Sequence[float]) -> ConditionalPrecision:
        """Errors by bins of true ability; a candidate at an edge is in the bin above it, those beyond are left out.

        Raises
        ------
        AdaptiveTestError
            ``bad_cuts`` when edges do not increase.
        """
        check_cuts(tuple(edges))
        limits = np.array(edges, dtype=np.float64)
        n_bins = limits.size - 1
        place = np.searchsorted(limits, self.theta, side="right") - 1
        inside = (place >= 0) & (place < n_bins)
        place, error = place[inside], (self.estimate - self.theta)[inside]
        count = np.bincount(place, minlength=n_bins)

        def mean(values: FloatArray) -> FloatArray:
            total = np.bincount(place, weights=values, minlength=n_bins)
            result: FloatArray = np.divide(total, count, out=np.full(n_bins, np.nan), where=count > 0)
            return result

        return ConditionalPrecision(
            edges=limits,
            n_candidates=count,
            bias=mean(error),
            rmse=np.sqrt(mean(error**2)),
            standard_error=np.sqrt(mean(self.standard_error[inside] ** 2)),
            length=mean(self.length[inside].astype(np.float64)),
        )

    def decisions(self, cuts: Sequence[float] | None = None) -> DecisionReport:
        """Accuracy and consistency at cuts; by default at those of the classification rule, as it decided.

        Parameters
        ----------
        cuts : abilities at which final estimates decide instead.

        Raises
        ------
        AdaptiveTestError
            ``bad_cuts`` for cuts that do not increase, or none where the settings have none.
        """
        edges = self.settings.cuts if cuts is None else tuple(cuts)
        check_cuts(edges)
        decided = self.category if cuts is None else np.searchsorted(edges, self.estimate, side="right")
        true = np.searchsorted(edges, self.theta, side="right")
        table = np.zeros((len(edges) + 1, len(edges) + 1))
        np.add.at(table, (true, decided), 1.0 / self.theta.size)
        in_order = decided[np.argsort(self.theta, kind="stable")]
        pairs = in_order[: in_order.size // 2 * 2].reshape(-1, 2)
        consistency = float((pairs[:, 0] == pairs[:, 1]).mean()) if len(pairs) else float("nan")
        return DecisionReport(table=table, consistency=consistency)

    def to_dict(self) -> dict[str, Any]:
        """The figures of all candidates together, and by steps of half a logit, as a JSON object."""
        content = self.content_counts
        low, high = np.floor(self.theta.min()), np.floor(self.theta.max()) + 1.0
        return {
            "n_candidates": int(self.theta.size),
            "bias": self.bias,
            "rmse": self.rmse,
            "mean_standard_error": float(np.sqrt((self.standard_error**2).mean())),
            "mean_length": float(self.length.mean()),
            "lengths": {str(length): count for length, count in self.lengths.items()},
            "stops": self.stops,
            "exposure": self.exposure.to_dict(),
            "content": {
                name: {
                    "least": int(content[:, area].min()),
                    "mean": float(content[:, area].mean()),
                    "most": int(content[:, area].max()),
                }
                for area, name in enumerate(self.pool.area_names)
            },
            "exposure_relaxed": int(self.exposure_relaxed.sum()),
            "content_relaxed": int(self.content_relaxed.sum()),
            "conditional": self.conditional(np.arange(low, high + 0.25, 0.5).tolist()).to_dict(),
            "decisions": self.decisions().to_dict() if self.settings.cuts else None,
        }
