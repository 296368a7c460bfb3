"""What a rule-set says of the exam's window: how it is read, refused, and how grave an event is."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.sittings.lockdown_rules import (
    USUAL,
    BadLockdownError,
    EventRule,
    LockdownEvent,
    Severity,
    lockdown_faults,
    lockdown_of,
    readable_lockdown,
)
from exam_engine.sittings.rule_sets import default_rule_sets


def test_a_rule_without_the_section_notes_the_focus_and_nothing_else() -> None:
    said: tuple[dict[str, Any], ...] = ({"papers": []}, {"lockdown": None})
    for rule in said:
        rules = lockdown_of(rule)
        assert (rules.told, rules.fullscreen, rules.blocks) == ([LockdownEvent.FOCUS], False, ())
        assert rules.rule_of(LockdownEvent.FOCUS).severity_of(1) is Severity.NOTE


def test_the_default_asks_for_nothing_blocks_nothing_and_has_nothing_serious() -> None:
    for entry in default_rule_sets():
        rules = lockdown_of(entry["rule"])
        assert (rules.fullscreen, rules.blocks) == (False, ())
        assert set(rules.events) == set(LockdownEvent)
        assert LockdownEvent.CONTEXT_MENU not in rules.told
        gravest = {rules.rule_of(event).severity_of(10_000) for event in LockdownEvent}
        assert Severity.SERIOUS not in gravest


@pytest.mark.parametrize(
    ("count", "severity"), [(0, "ignored"), (1, "note"), (2, "note"), (3, "serious"), (4, "serious")]
)
def test_an_event_is_graver_from_the_count_on(count: int, severity: str) -> None:
    focus = {"severity": "note", "repeated_from": 3, "repeated_as": "serious"}
    rules = lockdown_of({"lockdown": {"events": {"focus": focus}}})
    assert rules.rule_of(LockdownEvent.FOCUS).severity_of(count) == severity


def test_an_event_may_be_of_no_interest_before_it_is_repeated() -> None:
    rules = lockdown_of(
        {"lockdown": {"events": {"copy": {"severity": "ignored", "repeated_from": 2, "repeated_as": "note"}}}}
    )
    assert rules.told == [LockdownEvent.FOCUS, LockdownEvent.COPY]
    assert [rules.rule_of(LockdownEvent.COPY).severity_of(count) for count in (1, 2)] == ["ignored", "note"]


def test_the_focus_can_be_ignored_only_in_words() -> None:
    assert lockdown_of({"lockdown": {"events": {"focus": "ignored"}}}).told == []


@pytest.mark.parametrize(
    ("section", "where"),
    [
        ({"event": {}}, "lockdown.event"),
        ({"events": {"teleport": "note"}}, "lockdown.events.teleport"),
        ({"events": {"copy": "grave"}}, "lockdown.events.copy.severity"),
        ({"events": {"copy": {"severity": "note", "repeated_from": 1, "repeated_as": "warning"}}}, "repeated_from"),
        ({"events": {"copy": {"severity": "note", "repeated_from": 101, "repeated_as": "warning"}}}, "repeated_from"),
        ({"events": {"copy": {"severity": "note", "repeated_from": 3}}}, "lockdown.events.copy"),
        ({"events": {"copy": {"severity": "note", "repeated_as": "warning"}}}, "lockdown.events.copy"),
        ({"events": {"copy": {"severity": "warning", "repeated_from": 3, "repeated_as": "warning"}}}, "graver"),
        ({"events": {"copy": {"severity": "warning", "repeated_from": 3, "repeated_as": "note"}}}, "graver"),
        ({"blocks": ["copy", "copy"]}, "twice"),
        ({"blocks": ["breathing"]}, "lockdown.blocks.0"),
        ({"fullscreen": "maybe"}, "lockdown.fullscreen"),
        ([], "lockdown"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(section: Any, where: str) -> None:
    rule = {"lockdown": section}
    with pytest.raises(BadLockdownError, match=where):
        lockdown_of(rule)
    (fault,) = lockdown_faults(rule)
    assert fault.code == "lockdown_unreadable"
    # Nobody's exam waits for it.
    assert readable_lockdown(rule) == USUAL


def test_what_can_be_read_has_no_faults() -> None:
    assert lockdown_faults(default_rule_sets()[0]["rule"]) == []
    assert readable_lockdown(None) == USUAL


@given(
    st.sampled_from(Severity),
    st.none() | st.tuples(st.integers(2, 100), st.sampled_from(Severity)),
    st.lists(st.integers(0, 200), min_size=2, max_size=2),
)
def test_more_of_an_event_is_never_less_grave(
    severity: Severity, repeated: tuple[int, Severity] | None, counts: list[int]
) -> None:
    if repeated is not None and repeated[1].rank <= severity.rank:
        repeated = None
    rule = EventRule(
        severity=severity,
        repeated_from=repeated[0] if repeated else None,
        repeated_as=repeated[1] if repeated else None,
    )
    low, high = sorted(counts)
    assert rule.severity_of(low).rank <= rule.severity_of(high).rank
