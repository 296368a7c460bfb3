"""Sections of a paper in time: when each begins and ends, and which answers of a journal count in them.

A section ends when the candidate leaves it, an operation of the journal, or when its own time is over; the next one
begins that very instant. Nothing here waits for the server: a browser without a network goes on by the same rules, and
what counts follows from the journal alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from exam_engine.delivery.journal import Kind, ParsedBody, fold
from exam_engine.delivery.pauses import Interval, merged
from exam_engine.sittings.section_plan import Navigation, PlannedSection

Credit = tuple[datetime, timedelta]
"""When time was given back, and how much."""


@dataclass(frozen=True, slots=True)
class PaperSection:
    """A section with the refs of its items in the order of one paper."""

    number: int
    refs: tuple[str, ...]
    navigation: Navigation = "free"


@dataclass(frozen=True, slots=True)
class SectionTime:
    """When a section begins, and the last instant at which work in it counts."""

    number: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class SectionClock:
    """The facts that decide the time of an attempt's sections.

    Attributes
    ----------
    extra_time : accommodation of the candidate for the whole paper; each section gets its share.
    stood : when the attempt's clock stood still.
    credits : time given back; it belongs to the section in which it was given.
    deadline : of the attempt; no section outlasts it.
    """

    started_at: datetime
    deadline: datetime
    extra_time: timedelta = timedelta(0)
    stood: Sequence[Interval] = ()
    credits: Sequence[Credit] = ()


def section_times(
    plan: Sequence[PlannedSection], clock: SectionClock, left_after: Mapping[int, timedelta]
) -> list[SectionTime]:
    """Return the time of each section.

    Parameters
    ----------
    left_after : how long after the start the candidate left a section, by its number.
    """
    total = sum(section.minutes for section in plan)
    since, times = clock.started_at, []
    for number, section in enumerate(plan, start=1):
        length = timedelta(minutes=section.minutes) + clock.extra_time * section.minutes // total
        until = min(_end(since, length, clock, is_last=number == len(plan)), clock.deadline)
        left_at = clock.started_at + left_after[number] if number in left_after else until
        until = max(since, min(until, left_at))
        times.append(SectionTime(number, since, until))
        since = until
    return times


def _end(since: datetime, length: timedelta, clock: SectionClock, *, is_last: bool) -> datetime:
    """Return when a section that begins at an instant has lasted so long by its own clock, credits in it included."""
    until, counted = _advanced(since, length, clock.stood), timedelta(0)
    while True:
        given = sum(
            (credit for at, credit in clock.credits if since <= at and (is_last or at <= until)),
            timedelta(0),
        )
        if given == counted:
            return until
        counted, until = given, _advanced(since, length + given, clock.stood)


def _advanced(since: datetime, length: timedelta, stood: Sequence[Interval]) -> datetime:
    """Return the instant at which a clock that stands still now and then has run so long."""
    until = since + length
    for begin, end in merged(stood):
        if begin < until and end > since:
            until += end - max(begin, since)
    return until


def leavings(operations: Iterable[ParsedBody], sections: int) -> dict[int, timedelta]:
    """Return how long after the start each section was left; leaving one leaves all before it."""
    left: dict[int, timedelta] = {}
    for body in operations:
        for number in range(1, _left_section(body, sections) + 1):
            left.setdefault(number, timedelta(milliseconds=body.at_ms))
    return left


def counted_answers(
    operations: Sequence[ParsedBody], sections: Sequence[PaperSection], times: Sequence[SectionTime]
) -> dict[str, list[str]]:
    """Return the answers that count, by ref, as they stood when their section ended.

    An answer counts when its section had not been left before it in the journal and it was captured between the
    section's beginning and its end; in a section that only goes forward, when the candidate had not gone to a later
    item of it. Time of one section spent on the next would be an advantage, so what was captured too early does not
    count either; leaving the section before is a beginning whatever the clock says.

    Parameters
    ----------
    operations : the whole journal in order.
    times : of the sections, as :func:`section_times` gives them for the leavings of this journal.
    """
    place = {ref: (section, index) for section in sections for index, ref in enumerate(section.refs)}
    started_at = times[0].starts_at
    bounds = {time.number: (time.starts_at - started_at, time.ends_at - started_at) for time in times}
    left, furthest = 0, dict.fromkeys(bounds, 0)
    counting: list[ParsedBody] = []
    for body in operations:
        left = max(left, _left_section(body, len(sections)))
        found = place.get(body.item_ref or "")
        if found is None:
            continue
        section, index = found
        captured, (begins, ends) = timedelta(milliseconds=body.at_ms), bounds[section.number]
        has_begun = captured >= begins or left == section.number - 1
        is_open = section.number > left and has_begun and captured <= ends
        if body.kind is Kind.NAVIGATE and is_open:
            furthest[section.number] = max(furthest[section.number], index)
        if is_open and (section.navigation == "free" or index >= furthest[section.number]):
            counting.append(body)
    return {ref: list(value) for ref, value in fold(counting).values.items()}


def _left_section(body: ParsedBody, sections: int) -> int:
    """Return the number of the section that an operation leaves, 0 when it leaves none."""
    if body.kind is not Kind.LEAVE_SECTION or len(body.value) != 1:
        return 0
    return next((number for number in range(1, sections + 1) if body.value[0] == str(number)), 0)
