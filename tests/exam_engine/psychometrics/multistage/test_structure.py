"""Stages, modules and routes."""

from dataclasses import replace

import pytest

from exam_engine.psychometrics.multistage import MultistageError, Panel, PanelModule, adjacent_routes
from exam_engine.psychometrics.multistage.structure import paths
from tests.exam_engine.psychometrics.multistage.small_panels import one_three_three_panel, one_two_panel


def test_a_1_3_3_panel_has_the_seven_routes_without_a_jump() -> None:
    routes = adjacent_routes([["R"], ["2E", "2M", "2H"], ["3E", "3M", "3H"]])
    assert [f"{second[1]}{third[1]}" for _, second, third in routes] == ["EE", "EM", "ME", "MM", "MH", "HM", "HH"]


def test_from_two_modules_three_of_four_can_be_reached() -> None:
    routes = adjacent_routes([["R"], ["E", "H"], ["1", "2", "3", "4"]])
    assert {route[1:] for route in routes} == {("E", "1"), ("E", "2"), ("E", "3"), ("H", "2"), ("H", "3"), ("H", "4")}


def test_every_module_follows_a_stage_of_one() -> None:
    assert len(adjacent_routes([["R"], ["a", "b", "c", "d", "e"]])) == 5


def test_a_stage_without_modules_is_refused() -> None:
    with pytest.raises(MultistageError, match="stage 2 has no modules") as error:
        adjacent_routes([["R"], []])
    assert error.value.code == "empty_stage"


def test_paths_are_the_places_where_a_module_is_chosen() -> None:
    panel, _ = one_three_three_panel()
    assert paths(panel.routes) == (("R",), ("R", "2E"), ("R", "2M"), ("R", "2H"))
    assert panel.next_modules(("R", "2E")) == ("3E", "3M")
    assert panel.next_modules(("R", "2M")) == ("3E", "3M", "3H")
    assert panel.next_modules(("R", "2M", "3M")) == ()


def test_a_panel_comes_back_from_json() -> None:
    panel, _ = one_two_panel()
    assert Panel.from_dict(panel.to_dict()) == panel


@pytest.mark.parametrize(
    ("code", "modules", "routes"),
    [
        ("repeated_module", (("R", 1), ("R", 2)), (("R", "R"),)),
        ("several_starts", (("R", 1), ("S", 1)), (("R",), ("S",))),
        ("empty_stage", (("R", 1), ("E", 3)), (("R", "E"),)),
        ("unknown_module", (("R", 1), ("E", 2)), (("R", "X"),)),
        ("broken_route", (("R", 1), ("E", 2)), (("E", "R"),)),
        ("broken_route", (("R", 1), ("E", 2)), (("R",),)),
        ("repeated_route", (("R", 1), ("E", 2)), (("R", "E"), ("R", "E"))),
        ("module_off_route", (("R", 1), ("E", 2), ("H", 2)), (("R", "E"),)),
    ],
)
def test_a_panel_that_does_not_hold_together_is_refused(
    code: str, modules: tuple[tuple[str, int], ...], routes: tuple[tuple[str, ...], ...]
) -> None:
    built = tuple(PanelModule(name, stage, (f"item {place}",)) for place, (name, stage) in enumerate(modules))
    with pytest.raises(MultistageError) as error:
        Panel("1", built, routes)
    assert error.value.code == code


def test_nobody_sees_an_item_twice_but_modules_on_different_routes_may_share_it() -> None:
    panel, _ = one_two_panel()
    start, easy, hard = panel.modules
    shared = replace(panel, modules=(start, easy, replace(hard, item_ids=("e1", "h2"))))
    assert shared.item_ids == ("r1", "r2", "r3", "e1", "e2", "h2")
    with pytest.raises(MultistageError, match="would show item 'r1' twice") as error:
        replace(panel, modules=(start, easy, replace(hard, item_ids=("r1", "h2"))))
    assert error.value.code == "repeated_item"


def test_a_module_without_items_is_refused() -> None:
    panel, _ = one_two_panel()
    with pytest.raises(MultistageError) as error:
        replace(panel, modules=(*panel.modules[:2], PanelModule("H", 2, ())))
    assert error.value.code == "empty_module"
