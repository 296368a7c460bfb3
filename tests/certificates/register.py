"""A sitting with registrations in the database, and an installation that can issue certificates for it."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from certificates.issuing.passes import PassToCertify
from certificates.issuing.service import Office, issue_for_sitting
from certificates.registry import authorities, numbers
from certificates.registry.models import Certificate
from exam_engine.core.db import Database, new_id
from exam_engine.sittings.models import Administration, Candidate, Exam, Registration, Sitting
from tests.conftest import make_actor

ISSUE_TIME = datetime(2026, 12, 22, 3, tzinfo=UTC)
ISSUE_DAY = date(2026, 12, 22)
DECISION_DAY = date(2026, 12, 20)
OFFICER = make_actor("certificate_officer", name="Lê Thị Cấp Phát")


def make_terms(**changes: Any) -> authorities.AuthorityTerms:
    values: dict[str, Any] = {
        "board_code": "LD",
        "issuer_title": "GIÁM ĐỐC TRUNG TÂM SÁT HẠCH CNTT TỈNH LÂM ĐỒNG",
        "place": "Lâm Đồng",
        "signatory_title": ("GIÁM ĐỐC",),
        "signatory_name": "Trần Quốc Bảo",
        "legal_basis": "Thông tư liên tịch 17/2016/TTLT-BGDĐT-BTTTT, Điều 17",
        "register_template": "{seq:04}/{year}-{kind}",
        "valid_from": date(2026, 1, 1),
    }
    return authorities.AuthorityTerms(**(values | changes))


async def add_sitting(session: AsyncSession) -> UUID:
    """Store a sitting and return its id."""
    exam = Exam(
        code=f"E{new_id().hex[:8]}",
        name="Ứng dụng CNTT cơ bản",
        standard_level="basic",
        duration_minutes=45,
        created_at=ISSUE_TIME,
    )
    session.add(exam)
    await session.flush()
    administration = Administration(
        exam_id=exam.id,
        name="Kỳ thi tháng 12",
        council_name="Hội đồng thi Lâm Đồng",
        place="Lâm Đồng",
        number_template="{seq:04}",
        created_at=ISSUE_TIME,
    )
    session.add(administration)
    await session.flush()
    opens_at = datetime(2026, 12, 12, 1, tzinfo=UTC)
    sitting = Sitting(
        administration_id=administration.id,
        name="Ca sáng 12/12/2026",
        opens_at=opens_at,
        closes_at=opens_at + timedelta(hours=2),
        duration_minutes=45,
        grace_seconds=60,
        created_at=ISSUE_TIME,
    )
    session.add(sitting)
    await session.flush()
    return sitting.id


async def add_passes(
    session: AsyncSession, sitting_id: UUID, names: Sequence[str], **changes: Any
) -> list[PassToCertify]:
    """Store a registration for each name and return approved passes for them."""
    sitting = await session.get_one(Sitting, sitting_id)
    passes = []
    for number, name in enumerate(names, start=1):
        candidate = Candidate(
            full_name=name,
            sort_key=name.encode(),
            search_key=name.lower(),
            birth_date="1990-03-05",
            sex="female",
            birth_place="Lâm Đồng",
            identity_number=new_id().hex[:12],
            created_at=ISSUE_TIME,
        )
        session.add(candidate)
        await session.flush()
        registration = Registration(
            sitting_id=sitting_id, administration_id=sitting.administration_id, candidate_id=candidate.id
        )
        session.add(registration)
        await session.flush()
        values: dict[str, Any] = {
            "registration_id": registration.id,
            "candidate_number": f"{number:04}",
            "full_name": name,
            "birth_date": "05/03/1990",
            "birth_place": "Lâm Đồng",
            "sex": "female",
            "sitting_id": sitting_id,
            "sitting_name": sitting.name,
            "exam_date": date(2026, 12, 12),
            "council_name": "Hội đồng thi Lâm Đồng",
            "standard_level": "basic",
            "marks": (("trắc nghiệm", "7.25"),),
            "decision_number": "05/QĐ-TTSH",
            "decision_date": DECISION_DAY,
        }
        passes.append(PassToCertify(**(values | changes)))
    return passes


async def add_blanks(session: AsyncSession, first: int, last: int, standard_level: str = "basic") -> None:
    """Enter blanks ``CB 0000001`` and on (``NC`` for advanced)."""
    await numbers.add_blank_range(
        session,
        standard_level=standard_level,
        prefix="CB " if standard_level == "basic" else "NC ",
        first_number=first,
        last_number=last,
        digits=7,
        received_on=date(2026, 11, 1),
        note="",
        actor=OFFICER,
        now=ISSUE_TIME,
    )


async def prepare(database: Database, names: Sequence[str], *, blanks: int = 20) -> list[PassToCertify]:
    """Store a sitting with passes, an authority and blanks."""
    async with database.write() as session:
        sitting_id = await add_sitting(session)
        passes = await add_passes(session, sitting_id, names)
        await authorities.add_authority(session, terms=make_terms(), actor=OFFICER, now=ISSUE_TIME)
        if blanks:
            await add_blanks(session, 1, blanks)
    return passes


async def issue(
    database: Database, data_dir: Path, passes: Sequence[PassToCertify], **changes: Any
) -> list[Certificate]:
    """Issue certificates for passes in a transaction of their own."""
    values: dict[str, Any] = {
        "passes": passes,
        "issued_on": ISSUE_DAY,
        "office": Office(data_dir, "https://chungchi.example.vn"),
        "actor": OFFICER,
        "now": ISSUE_TIME,
        "rng": random.Random(7),
    }
    async with database.write() as session:
        return await issue_for_sitting(session, **(values | changes))
