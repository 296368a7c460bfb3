"""Which section an item belongs to, and what of a plan does not fit."""

from typing import Any

from exam_engine.sittings.section_plan import PlannedSection, form_faults, plan_faults, section_of


def part(title: str, minutes: int = 10, **fields: Any) -> PlannedSection:
    return PlannedSection(title=title, minutes=minutes, **fields)


QUESTIONS, PRACTICAL = part("Trắc nghiệm", 30), part("Thực hành", 90, kind="practical")


def view(ref: str, interaction: str = "single_choice") -> dict[str, Any]:
    return {"ref": ref, "interaction": interaction}


def codes(faults: list[Any]) -> list[str]:
    return [fault.code for fault in faults]


def test_what_is_worked_on_outside_the_page_belongs_to_a_practical_section() -> None:
    plan = [QUESTIONS, PRACTICAL]
    assert section_of(plan, interaction="single_choice", module_code="IU01") == 1
    assert section_of(plan, interaction="extended_text", module_code="IU01") == 1
    assert section_of(plan, interaction="file_upload", module_code="IU01") == 2


def test_a_section_that_names_the_module_comes_before_one_that_takes_what_is_left() -> None:
    plan = [part("Còn lại"), part("Bảng tính", modules=("IU04",)), part("Văn bản", modules=("IU03", "IU04"))]
    numbers = {module: section_of(plan, interaction="match", module_code=module) for module in ("IU01", "IU03", "IU04")}
    assert numbers == {"IU01": 1, "IU03": 3, "IU04": 2}


def test_an_item_that_no_section_takes_belongs_to_none() -> None:
    assert section_of([QUESTIONS], interaction="file_upload", module_code="IU03") is None
    assert section_of([part("Một", modules=("IU01",))], interaction="match", module_code="IU02") is None


def test_the_minutes_of_a_plan_are_the_minutes_of_the_sitting() -> None:
    assert plan_faults([QUESTIONS, PRACTICAL], duration_minutes=120) == []
    for other in (119, 121):
        (fault,) = plan_faults([QUESTIONS, PRACTICAL], duration_minutes=other)
        assert fault.code == "sections_last_otherwise"
        assert fault.params == {"total": 120, "minutes": other}
    assert plan_faults([], duration_minutes=45) == []


def test_a_form_that_fits_has_items_for_every_section() -> None:
    items = [("IU01", view("q1")), ("IU03", view("q2", "file_upload"))]
    plan = [QUESTIONS, PRACTICAL]
    assert form_faults(plan, items, form_code="101", design="linear") == []


def test_a_paper_in_one_piece_holds_questions_only() -> None:
    for design in ("linear", "adaptive"):
        assert form_faults([], [("IU01", view("q1"))], form_code="101", design=design) == []
    (fault,) = form_faults([], [("IU03", view("q2", "file_upload"))], form_code="101", design="linear")
    assert (fault.code, fault.params["ref"]) == ("item_in_no_section", "q2")


def test_what_of_a_form_does_not_fit_is_named() -> None:
    plan = [part("Trắc nghiệm", modules=("IU01",)), PRACTICAL]
    items = [("IU01", view("q1")), ("IU02", view("q2"))]
    faults = form_faults(plan, items, form_code="101", design="linear")
    assert codes(faults) == ["item_in_no_section", "section_without_items"]
    assert faults[0].params == {"form": "101", "ref": "q2", "module": "IU02"}
    assert faults[1].params == {"form": "101", "section": "Thực hành"}
    assert codes(form_faults(plan, items, form_code="101", design="adaptive")) == ["sections_need_linear_form"]
