"""Specimen certificates in a register of one's own, for people who look certificates up."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from certificates.issuing.passes import PassToCertify
from certificates.issuing.service import Office, issue_for_sitting
from certificates.registry import authorities, numbers
from exam_engine.core.actor import SYSTEM
from exam_engine.core.config import Settings
from exam_engine.core.time import VIETNAM
from load_tests.prepared_sitting import PreparedSitting, Registered

MOST = 20


async def issue_specimens(
    session: AsyncSession, settings: Settings, sitting: PreparedSitting, *, now: datetime, rng: random.Random
) -> list[str]:
    """Issue specimen certificates to the first candidates of a sitting; returns their public ids."""
    today = now.astimezone(VIETNAM).date()
    registered: Sequence[Registered] = sitting.registered[:MOST]
    await authorities.add_authority(
        session,
        terms=authorities.AuthorityTerms(
            board_code="TT",
            issuer_title="GIÁM ĐỐC TRUNG TÂM THỬ TẢI",
            place="Lâm Đồng",
            signatory_title=("GIÁM ĐỐC",),
            signatory_name="Trần Văn Hoà",
            legal_basis="Mẫu thử tải",
            register_template="{seq:04}/{year}-{kind}",
            valid_from=today - timedelta(days=30),
            is_specimen=True,
        ),
        actor=SYSTEM,
        now=now,
    )
    await numbers.add_blank_range(
        session,
        standard_level="basic",
        prefix="TT ",
        first_number=1,
        last_number=len(registered),
        digits=7,
        received_on=today - timedelta(days=30),
        note="",
        actor=SYSTEM,
        now=now,
    )
    issued = await issue_for_sitting(
        session,
        passes=[
            PassToCertify(
                registration_id=one.registration_id,
                candidate_number=one.candidate_number,
                full_name=one.person.full_name,
                birth_date=f"{one.person.birth_date:%d/%m/%Y}",
                birth_place=one.person.birth_place,
                sex="female" if one.person.sex == "Nữ" else "male",
                sitting_id=sitting.sitting_id,
                sitting_name="Ca thử",
                exam_date=today,
                council_name="Hội đồng thi thử",
                standard_level="basic",
                marks=(("trắc nghiệm", "7.25"),),
                decision_number="01/TT",
                decision_date=today,
            )
            for one in registered
        ],
        issued_on=today,
        office=Office(settings.data_dir, settings.public_url),
        actor=SYSTEM,
        now=now,
        rng=rng,
    )
    return [certificate.public_id for certificate in issued]
