"""Taking in a push that came as a file, at the central server: the same portions, the same checks."""

from datetime import datetime
from pathlib import Path

from exam_engine.accounts.models import User
from exam_engine.accounts.service import actor_of_user
from exam_engine.core.db import Database
from exam_engine.sites import completing, delegating, push_file
from exam_engine.sites.errors import NotPulledError
from exam_engine.sites.portions import Taken
from exam_engine.sites.pushed import PUSHED
from exam_engine.sites.pushing import BegunPush, PushReport
from exam_engine.sites.schemas import CompletedView
from exam_engine.sites.taking_in import take_portion


async def take_file(database: Database, file: Path, *, now: datetime) -> PushReport:
    """Take in a push file, portion by portion; a file of a sitting that was over completes it.

    Raises
    ------
    PushFileError
        The file is no push, was changed, or is not signed with the key of the site that pulled.
    NotFoundError, DelegationWithdrawnError, NotPulledError, PushOutdatedError, RowsRefusedError
    SiteStillRunsError, SiteLogRefusedError
    OSError
    """
    head = push_file.read_head(file)
    async with database.read() as session:
        delegation = await delegating.find(session, head.delegation)
        if delegation.public_key is None or delegation.user_id is None:
            raise NotPulledError
        # Whoever carried the stick: the rows are the site's, which has signed them.
        actor = actor_of_user(await session.get_one(User, delegation.user_id), None)
    opened = push_file.open_file(file, head, public_key=delegation.public_key)
    taken = {pushed.name: Taken() for pushed in PUSHED}
    for portion in opened.portions():
        async with database.write() as session:
            answer = await take_portion(session, delegation.id, portion, now=now)
        taken[portion.table] += answer
    begun = BegunPush(delegation.sitting_id, delegation.id, head.push, head.is_last)
    if not head.is_last:
        return PushReport(begun, taken, None)
    done = await completing.complete(database, delegation.id, push=head.push, actor=actor, now=now)
    view = CompletedView(
        attempts=done.attempts,
        operations=done.operations,
        log_rows=done.log_rows,
        root=done.root,
        pushed_at=done.pushed_at,
    )
    return PushReport(begun, taken, view)
