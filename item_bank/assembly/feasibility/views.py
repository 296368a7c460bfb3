"""Answers about feasibility in the words of a board."""

from exam_engine.core.i18n import Catalogue, Language
from exam_engine.core.problems import fault_view
from item_bank.assembly.feasibility.counting import Demand
from item_bank.assembly.feasibility.joint import JointAnswer
from item_bank.assembly.feasibility.schemas import (
    CellSupplyView,
    DemandView,
    FeasibilityView,
    JointView,
    ReferenceSupplyView,
)
from item_bank.assembly.feasibility.service import Feasibility, Question
from item_bank.assembly.feasibility.supply import CellSupply
from item_bank.assembly.requirements import PART, REFERENCE
from item_bank.assembly.schemas import ConflictView, RepairStep
from item_bank.assembly.wording import Wording

_NOTHING = CellSupply(0, 0, 0, None, None)


def feasibility_view(
    question: Question, found: Feasibility, catalogue: Catalogue, language: Language
) -> FeasibilityView:
    """Return the answer with its texts."""
    wording = Wording(catalogue, language)
    cells = found.supply.cells
    return FeasibilityView(
        pool_size=len(found.supply.in_cells),
        cells=[
            CellSupplyView.model_validate(
                {
                    "module_code": cell[0],
                    "cognitive_level": cell[1],
                    "available": supply.available,
                    "held_back": supply.held_back,
                    "other_kinds": supply.other_kinds,
                    "in_preparation": question.in_preparation.get(cell, 0),
                    "mean_points": supply.mean_points,
                    "mean_seconds": supply.mean_seconds,
                }
            )
            for cell, supply in (
                (cell, cells.get(cell, _NOTHING)) for cell in sorted({*cells, *question.in_preparation})
            )
        ],
        references=[
            ReferenceSupplyView.model_validate({"reference_code": code, "levels": dict(levels)})
            for code, levels in found.references.items()
        ],
        demands=[_demand(demand, question, found, wording) for demand in found.demands],
        faults=[fault_view(fault, catalogue, language) for fault in question.faults],
        joint=_joint(found.joint, wording),
    )


def _demand(demand: Demand, question: Question, found: Feasibility, wording: Wording) -> DemandView:
    return DemandView.model_validate(
        {
            "place": demand.place,
            "quantity": demand.quantity,
            "side": demand.side,
            "needed": demand.needed,
            "available": demand.available,
            "missing": demand.missing,
            "status": demand.status,
            "message": _message(demand, question, found, wording) if demand.status == "short" else "",
            "module_code": demand.module,
            "cognitive_level": demand.level,
            "reference_code": demand.reference,
            "interactions": None if demand.part is None else list(demand.part.interactions),
        }
    )


def _message(demand: Demand, question: Question, found: Feasibility, wording: Wording) -> str:
    figures = {
        "needed": wording.number(demand.needed),
        "available": wording.number(demand.available),
        "missing": wording.number(demand.missing),
    }
    if demand.place == "form_length":
        return wording.text("feasibility.length", **figures)
    if demand.module is None or demand.level is None:
        kind = demand.side if demand.quantity not in {"items", "stimuli"} else demand.quantity
        return wording.text(f"feasibility.{kind}", subject=_subject(demand, wording), **figures)
    cell = (demand.module, demand.level)
    supply = found.supply.cells.get(cell, _NOTHING)
    told = [wording.text("feasibility.cell", module=demand.module, level=demand.level, **figures)]
    for name, count in (
        ("held_back", supply.held_back),
        ("other_kinds", supply.other_kinds),
        ("in_preparation", question.in_preparation.get(cell, 0)),
    ):
        if count:
            told.append(wording.text(f"feasibility.{name}", count=count))
    return " ".join(told)


def _subject(demand: Demand, wording: Wording) -> str:
    if demand.reference is not None:
        return wording.subject({"name": REFERENCE + demand.reference})
    if demand.part is not None:
        return wording.subject({"name": PART + demand.part.name, "quantity": demand.quantity})
    if demand.quantity == "stimuli":
        return wording.text("requirement.stimuli")
    if demand.quantity != "items":
        return wording.subject({"quantity": demand.quantity})
    where = {"module": demand.module, "level": demand.level, "key": demand.key}
    return wording.subject({"where": {name: value for name, value in where.items() if value is not None}})


def _joint(joint: JointAnswer | None, wording: Wording) -> JointView:
    if joint is None:
        return JointView(status="not_asked", conflict=[], repairs=[])
    return JointView(
        status=joint.status,
        conflict=[
            ConflictView(code=row["code"], message=wording.conflict(row["code"], row["data"]), data=row["data"])
            for row in joint.conflict
        ],
        repairs=[
            [RepairStep.model_validate({**step, "message": wording.repair(step)}) for step in repair]
            for repair in joint.repairs
        ],
    )
