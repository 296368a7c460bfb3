"""SQL of what waits: one statement for each kind of work."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from exam_engine.core.actor import Actor
from item_bank.assembly.models import Assembly
from item_bank.blueprints.models import Blueprint, BlueprintCell
from item_bank.calibration.models import CalibrationRun
from item_bank.exchange.models import ItemImport
from item_bank.items.models import Item, ItemParameters, ItemVersion
from item_bank.items.pool import USABLE
from item_bank.items.workflow import UNDER_REVIEW
from item_bank.reviewing.models import ItemComment
from item_bank.tailored.models import TailoredPaper

Names = sa.Select[Any]


def returned_to(actor: Actor) -> Names:
    """Items that reviewers sent back to their author."""
    return sa.select(col(Item.code)).where(col(Item.author_id) == actor.id, col(Item.status) == "returned")


def drafts_of(actor: Actor) -> Names:
    """Items that their author has not handed in."""
    return sa.select(col(Item.code)).where(col(Item.author_id) == actor.id, col(Item.status) == "draft")


def to_review(actor: Actor) -> Names:
    """Items under review of whose current version the reviewer wrote neither words nor key."""
    return (
        sa.select(col(Item.code))
        .join(
            ItemVersion,
            sa.and_(
                col(ItemVersion.item_id) == col(Item.id), col(ItemVersion.version_number) == col(Item.version_number)
            ),
        )
        .where(
            col(Item.status).in_(sorted(UNDER_REVIEW)),
            col(ItemVersion.author_id) != actor.id,
            col(ItemVersion.key_author_id) != actor.id,
        )
    )


def assigned_to(actor: Actor) -> Names:
    """Items given to somebody that are not in use yet."""
    unfinished = col(Item.status).in_(("draft", "returned", *sorted(UNDER_REVIEW)))
    return sa.select(col(Item.code)).where(col(Item.assignee_id) == actor.id, unfinished)


def comments_for(actor: Actor) -> Names:
    """Items of one's own with an open remark of somebody else that one has not answered."""
    answer = sa.orm.aliased(ItemComment)
    answered = sa.exists().where(col(answer.parent_id) == col(ItemComment.id), col(answer.author_id) == actor.id)
    return (
        sa.select(col(Item.code))
        .join(ItemComment, col(ItemComment.item_id) == col(Item.id))
        .where(
            col(Item.author_id) == actor.id,
            col(ItemComment.author_id) != actor.id,
            col(ItemComment.parent_id).is_(None),
            col(ItemComment.resolved_at).is_(None),
            col(ItemComment.struck_at).is_(None),
            ~answered,
        )
        .distinct()
    )


def imports_of(actor: Actor) -> Names:
    """Files that were read and not applied."""
    return sa.select(col(ItemImport.file_name)).where(
        col(ItemImport.created_by) == actor.id, col(ItemImport.state) == "ready"
    )


def approved_unused() -> Names:
    """Items that are approved and in no use yet."""
    return sa.select(col(Item.code)).where(col(Item.status) == "approved")


def calibrations_for(actor: Actor) -> Names:
    """Calibrations that somebody else ran and nobody approved."""
    return sa.select(col(CalibrationRun.name)).where(
        col(CalibrationRun.status) == "estimated", col(CalibrationRun.created_by) != actor.id
    )


def assemblies_for(actor: Actor) -> Names:
    """Assemblies that somebody else made and nobody approved."""
    return sa.select(col(Assembly.blueprint)["name"].as_string()).where(
        col(Assembly.status) == "assembled", col(Assembly.created_by) != actor.id
    )


def papers_for(actor: Actor) -> Names:
    """Tailored papers that somebody else made and nobody approved."""
    return sa.select(col(TailoredPaper.blueprint)["name"].as_string()).where(
        col(TailoredPaper.status) == "made", col(TailoredPaper.created_by) != actor.id
    )


def unserved_blueprints() -> Names:
    """Blueprints with a cell that asks for more items of a module and level than forms may be made of."""
    usable = (
        sa.select(sa.func.count())
        .select_from(Item)
        .join(ItemParameters, col(ItemParameters.item_id) == col(Item.id))
        .where(
            *USABLE,
            col(Item.module_code) == col(BlueprintCell.module_code),
            col(Item.cognitive_level) == col(BlueprintCell.cognitive_level),
        )
        .correlate(BlueprintCell)
        .scalar_subquery()
    )
    short = sa.exists().where(col(BlueprintCell.blueprint_id) == col(Blueprint.id), col(BlueprintCell.minimum) > usable)
    return sa.select(col(Blueprint.name)).where(short)
