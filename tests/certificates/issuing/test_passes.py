"""Which sittings certificates may be issued for at all."""

import random
from pathlib import Path

import pytest
import sqlalchemy as sa

from certificates.errors import AdvancedNotIssuableError, ResultsNotApprovedError
from certificates.issuing.passes import approved_passes, require_approved
from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.core.errors import DomainError
from exam_engine.core.time import utc_now
from exam_engine.sittings.models import Exam
from load_tests.prepared_sitting import prepare_sitting


@pytest.mark.parametrize(
    ("standard_level", "refusal"), [("basic", ResultsNotApprovedError), ("advanced", AdvancedNotIssuableError)]
)
async def test_one_advanced_sitting_certifies_nobody_and_a_basic_one_only_once_approved(
    standard_level: str, refusal: type[DomainError], database: Database, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path)
    sitting = await prepare_sitting(database, settings, candidates=2, now=utc_now(), rng=random.Random(3), item_count=2)
    async with database.write() as session:
        await session.exec(sa.update(Exam).values(standard_level=standard_level))
    async with database.read() as session:
        with pytest.raises(refusal):
            await require_approved(session, sitting.sitting_id)
        with pytest.raises(refusal):
            await approved_passes(session, sitting.sitting_id)
