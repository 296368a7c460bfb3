"""Routes of surveys."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.db import ReadSessionDep, SessionDep
from exam_engine.core.i18n import Catalogue, CatalogueDep, Language, LanguageDep
from exam_engine.core.time import utc_now
from item_bank.items.schemas import ItemSelection
from item_bank.items.selecting import selected
from item_bank.quality.linting import RULES
from item_bank.quality.queries import BriefRow, briefs
from item_bank.quality.survey import service
from item_bank.quality.survey.schemas import SurveyStarted, SurveyView

router = APIRouter(prefix="/api/items/quality/surveys", tags=["item quality"])

_SOURCES = {rule.code: rule.source for rule in RULES}


@router.post("", status_code=202, dependencies=[requires(Permission.ITEM_READ)])
async def start_survey(body: ItemSelection, actor: ActorDep, session: SessionDep) -> SurveyStarted:
    """Look at all items that match as an editor would: flaws, near-duplicates, what shows over a module only."""
    job_id, items = await service.start_survey(session, wanted=selected(body, actor), actor=actor, now=utc_now())
    return SurveyStarted(job_id=job_id, items=items)


@router.get("/{job_id}", dependencies=[requires(Permission.ITEM_READ)])
async def read_survey(
    job_id: UUID, actor: ActorDep, session: ReadSessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> SurveyView:
    """What one's own survey found."""
    found = await service.find_survey(session, job_id, actor)
    items = await briefs(session, [pair[side] for pair in found["pairs"] for side in ("first", "second")])
    return SurveyView.model_validate(
        found
        | {
            "rules": [_rule(rule, catalogue, language) for rule in found["rules"]],
            "pairs": [_pair(pair, items, catalogue, language) for pair in found["pairs"]],
            "modules": [
                module | {"findings": [_set_finding(one, catalogue, language) for one in module["findings"]]}
                for module in found["modules"]
            ],
        }
    )


def _rule(rule: dict[str, Any], catalogue: Catalogue, language: Language) -> dict[str, Any]:
    code = rule["rule"]
    return rule | {
        "title": catalogue.text(f"{code}.title", language),
        "source": _SOURCES[code],
        "found": [
            one
            | {
                "message": catalogue.text(code, language, one["params"]),
                "fix": catalogue.text(f"{code}.fix", language, one["params"]),
            }
            for one in rule["found"]
        ],
    }


def _set_finding(finding: dict[str, Any], catalogue: Catalogue, language: Language) -> dict[str, Any]:
    code = finding["rule"]
    return {
        "rule": code,
        "severity": finding["severity"],
        "code": "" if finding["place"] == "set" else finding["place"],
        "message": catalogue.text(code, language, finding["params"]),
        "fix": catalogue.text(f"{code}.fix", language, finding["params"]),
    }


def _pair(pair: dict[str, Any], items: dict[str, BriefRow], catalogue: Catalogue, language: Language) -> dict[str, Any]:
    return pair | {
        "first": _brief(items[pair["first"]]),
        "second": _brief(items[pair["second"]]),
        "reason_text": catalogue.text(f"duplicate_reason.{pair['reason']}", language),
    }


def _brief(row: BriefRow) -> dict[str, Any]:
    return {"id": row.item_id} | row._asdict()
