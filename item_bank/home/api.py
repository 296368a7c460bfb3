"""Route of what waits."""

from fastapi import APIRouter

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.db import ReadSessionDep
from item_bank.home import service
from item_bank.home.schemas import HomeView, WaitingTask

router = APIRouter(prefix="/api/home", tags=["home"])


@router.get("", dependencies=[requires(Permission.OWN_ACCOUNT)])
async def read_home(actor: ActorDep, session: ReadSessionDep) -> HomeView:
    """What waits for whoever asks, by what they may do."""
    tasks = await service.waiting_tasks(session, actor)
    return HomeView(tasks=[WaitingTask(kind=task.kind, count=task.count, names=task.names) for task in tasks])
