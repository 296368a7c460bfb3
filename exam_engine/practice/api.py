"""Routes of the sample exam: open to all, without a login and without a row in the database."""

from decimal import Decimal

from fastapi import APIRouter, Request, Response

from exam_engine.accounts.access import PUBLIC, client_address
from exam_engine.core.errors import Fault
from exam_engine.core.time import utc_now
from exam_engine.delivery.schemas import PackedMedium
from exam_engine.forms.schemas import DeskTools
from exam_engine.practice.errors import PracticeBusyError, UnknownPracticeItemError
from exam_engine.practice.items import picture, sample_items
from exam_engine.practice.marking import mark
from exam_engine.practice.rate import WINDOW_SECONDS, AddressCounter
from exam_engine.practice.schemas import PracticeItemMark, PracticeMark, PracticePaper, PracticeResponses

router = APIRouter(prefix="/api/practice", tags=["practice"])

_MINUTES = 20
_counter = AddressCounter()


@router.get("/paper", dependencies=[PUBLIC])
async def read_practice_paper(response: Response) -> PracticePaper:
    """The sample exam: items of every interaction but handing in files, with every tool."""
    response.headers["cache-control"] = "no-cache"
    items = list(sample_items())
    media, content = picture()
    return PracticePaper(
        form_code="MAU",
        title="Bài thi mẫu",
        duration_ms=_MINUTES * 60_000,
        design="linear",
        item_count=len(items),
        tools=DeskTools(calculator=True),
        items_per_page=1,
        items=items,
        media={media: PackedMedium(content_type="image/png", base64=content)},
    )


@router.post("/marking", dependencies=[PUBLIC])
async def mark_practice(body: PracticeResponses, request: Request) -> PracticeMark:
    """What responses to the sample exam earn, item by item; nothing of it is kept."""
    if not _counter.admits(client_address(request), utc_now().timestamp()):
        raise PracticeBusyError(retry_after=WINDOW_SECONDS)
    known = {item.ref for item in sample_items()}
    unknown = sorted(body.responses.keys() - known)
    if unknown:
        raise UnknownPracticeItemError(faults=[Fault("practice_item_unknown", f"responses/{ref}") for ref in unknown])
    scores = mark(body.responses)
    # A text counts in neither sum, written or not: no machine marks it.
    marked = [scores[item.ref] for item in sample_items() if item.interaction != "extended_text"]
    return PracticeMark(
        points=sum((score.points for score in marked), Decimal(0)),
        max_points=sum((score.max_points for score in marked), Decimal(0)),
        items=[
            PracticeItemMark(
                ref=ref,
                points=score.points,
                max_points=score.max_points,
                is_correct=score.is_correct,
                flag=score.flag,
            )
            for ref, score in scores.items()
        ],
    )
