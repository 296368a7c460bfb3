r"""How candidates behave, as a seeded model: reading times, changes of mind, flags, network loss, reload, late start.

The time that person *i* spends on item *j* is log-normal, as van der Linden found it for computer-based tests:

.. math:: \ln T_{ij} \sim N(\beta_j - \tau_i, \sigma^2), \qquad \tau_i \sim N(0, \sigma_\tau^2)

The time intensity β of an item follows from how much there is to read; all of them together are scaled so that a person
of usual speed needs a given share of the working time for the whole paper. So papers of any length and any duration
are worked on as in life: most people finish early, some are cut off by the end.

Times are seconds of the exam's own time; whoever plays a course may run it faster.

References
----------
van der Linden, W. J. (2006). A lognormal model for response times on test items. *Journal of Educational and
Behavioral Statistics*, 31(2), 181-204.
"""

import math
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

ActKind = Literal[
    "navigate", "answer", "clear", "flag", "unflag", "focus_lost", "focus_gained", "offline", "online", "reload",
    "hand_in",
]  # fmt: skip

_TAGS = re.compile(r"<[^>]*>")
_SECONDS_PER_WORD = 0.3
_SECONDS_TO_CHOOSE = 6.0
_SECONDS_TO_WRITE = {"extended_text": 240.0, "file_upload": 600.0, "text_entry": 10.0, "order": 10.0, "match": 15.0}


@dataclass(frozen=True, slots=True)
class Habits:
    """The shares and spreads of the model.

    Attributes
    ----------
    usual_share : of the working time that a person of usual speed needs for the whole paper.
    spread_of_people, spread_of_times : standard deviations of the logarithm, between people and of one person.
    changes_mind, flags, leaves_for_later, leaves_blank, looks_away : probabilities on each item.
    reloads, goes_offline, is_late : probabilities for each candidate.
    offline_seconds, away_seconds, review_seconds : medians of log-normal lengths.
    spread_of_spells : standard deviation of their logarithm.
    late_seconds : mean of how late those who are late come, exponential.
    hands_in : probability that who is through does not wait for the end.
    """

    usual_share: float = 0.7
    spread_of_people: float = 0.25
    spread_of_times: float = 0.5
    changes_mind: float = 0.12
    flags: float = 0.08
    leaves_for_later: float = 0.06
    leaves_blank: float = 0.01
    looks_away: float = 0.03
    reloads: float = 0.04
    goes_offline: float = 0.15
    is_late: float = 0.03
    offline_seconds: float = 25.0
    away_seconds: float = 8.0
    review_seconds: float = 60.0
    spread_of_spells: float = 0.8
    late_seconds: float = 240.0
    hands_in: float = 0.85


@dataclass(frozen=True, slots=True)
class Act:
    """Something a candidate does, ``at`` seconds after their start; ``item`` is the place in the list of items."""

    at: float
    kind: ActKind
    item: int | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """What is the same for one candidate on all items: logarithm of the speed, and how late they come."""

    speed: float
    late_seconds: float


def make_person(habits: Habits, rng: random.Random) -> Person:
    """Draw a candidate; ``late_seconds`` is 0 for those in time."""
    late = rng.expovariate(1.0 / habits.late_seconds) if rng.random() < habits.is_late else 0.0
    return Person(rng.gauss(0.0, habits.spread_of_people), late)


def reading_seconds(item: dict[str, Any]) -> float:
    """Return how long an item takes by what there is to read and to do, seconds before any scaling."""
    words = sum(len(_TAGS.sub(" ", text).split()) for text in _texts(item))
    return _SECONDS_TO_CHOOSE + words * _SECONDS_PER_WORD + _SECONDS_TO_WRITE.get(item["interaction"], 0.0)


def _texts(item: dict[str, Any]) -> list[str]:
    texts = [item["stem"], item.get("passage") or ""]
    texts += [
        part["content"] for name in ("options", "statements", "sources", "targets") for part in item.get(name, ())
    ]
    stimulus = item.get("stimulus")
    return [*texts, *([stimulus.get("content") or ""] if stimulus else [])]


def work_on(
    items: Sequence[dict[str, Any]], seconds: float, person: Person, habits: Habits, rng: random.Random
) -> list[Act]:
    """Return a candidate's acts on items in the order of time: a first round, then what was left or flagged.

    Parameters
    ----------
    items : as they stand in the paper.
    seconds : of working time that these items are meant for.
    """
    raw = [reading_seconds(item) for item in items]
    # The mean of a log-normal lies above its median; who is of usual speed shall need the usual share on average.
    scale = habits.usual_share * seconds / sum(raw) / math.exp(habits.spread_of_times**2 / 2)
    usual = [scale * intensity * math.exp(-person.speed) for intensity in raw]
    acts: list[Act] = []
    at = 0.0
    left: list[int] = []
    flagged: set[int] = set()
    for place in range(len(items)):
        acts.append(Act(at, "navigate", place))
        time = usual[place] * rng.lognormvariate(0.0, habits.spread_of_times)
        if rng.random() < habits.looks_away:
            away = min(_spell(habits.away_seconds, habits, rng), time)
            acts += [Act(at + 0.1 * time, "focus_lost"), Act(at + 0.1 * time + 0.8 * away, "focus_gained")]
        if rng.random() < habits.leaves_for_later:
            at += 0.3 * time
            acts.append(Act(at, "flag", place))
            flagged.add(place)
            left.append(place)
            continue
        at = _answer(acts, at, time, place, habits, rng)
        if rng.random() < habits.flags:
            acts.append(Act(at, "flag", place))
            flagged.add(place)
            left.append(place)
    for place in left:
        acts.append(Act(at, "navigate", place))
        at = _answer(acts, at, 0.6 * usual[place], place, habits, rng)
        acts.append(Act(at, "unflag", place))
    return sorted(acts, key=lambda act: act.at)


def _answer(acts: list[Act], at: float, time: float, place: int, habits: Habits, rng: random.Random) -> float:
    """Add the answers to one item; returns when the candidate leaves it."""
    if rng.random() < habits.leaves_blank:
        return at + time
    if rng.random() < habits.changes_mind:
        acts.append(Act(at + 0.6 * time, "answer", place))
        if rng.random() < 0.1:
            acts.append(Act(at + 0.8 * time, "clear", place))
    acts.append(Act(at + time, "answer", place))
    return at + time


def _spell(median: float, habits: Habits, rng: random.Random) -> float:
    return median * rng.lognormvariate(0.0, habits.spread_of_spells)


def course_of(
    items: Sequence[dict[str, Any]], seconds: float, person: Person, habits: Habits, rng: random.Random
) -> list[Act]:
    """Return everything a candidate does between start and end, at most ``seconds`` long.

    The last act is ``hand_in`` when the candidate does not wait for the end. Offline spells may reach beyond the end:
    then there is no ``online``.
    """
    acts = work_on(items, seconds, person, habits, rng)
    through = acts[-1].at if acts else 0.0
    if rng.random() < habits.reloads:
        acts.append(Act(rng.uniform(0.0, through), "reload"))
    if rng.random() < habits.goes_offline:
        since = rng.uniform(0.0, through)
        acts += [Act(since, "offline"), Act(since + _spell(habits.offline_seconds, habits, rng), "online")]
    if rng.random() < habits.hands_in:
        acts.append(Act(through + _spell(habits.review_seconds, habits, rng), "hand_in"))
    acts.sort(key=lambda act: act.at)
    end = next((place for place, act in enumerate(acts) if act.kind == "hand_in"), len(acts) - 1)
    return [act for act in acts[: end + 1] if act.at < seconds]
