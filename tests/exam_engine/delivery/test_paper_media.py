"""Pictures and sounds that travel with papers and stages."""

import base64
import hashlib
import io
import random

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from PIL import Image

from exam_engine.core.actor import SYSTEM
from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.core.time import utc_now
from exam_engine.delivery import paper_media
from exam_engine.delivery.errors import PaperMediaMissingError, PaperTooLargeError
from exam_engine.delivery.paper_media import packed_media
from exam_engine.forms import service as forms
from exam_engine.forms.errors import BadFormError
from exam_engine.forms.schemas import FormSpec, PublishedItem, PublishedStimulus
from exam_engine.interactions.content import HotspotChoice
from exam_engine.interactions.keys import ChoiceKey
from exam_engine.media import service as media
from exam_engine.media.preparing import PreparedMedia, prepare
from load_tests.prepared_sitting import PreparedSitting, make_form, prepare_sitting
from tests.conftest import NINE
from tests.exam_engine.delivery.conftest import CandidateFactory
from tests.exam_engine.delivery.staged_forms import adaptive_form
from tests.exam_engine.delivery.test_api import seated, unlock_all


def picture(colour: str) -> PreparedMedia:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(buffer, "PNG")
    return prepare(buffer.getvalue(), f"{colour}.png", "picture")


STEM, OPTION, STIMULUS, SPOT = (picture(colour) for colour in ("navy", "maroon", "teal", "olive"))


def image(medium: PreparedMedia) -> str:
    return f'<img src="media:{medium.sha256}" alt="Hình">'


def with_pictures(form: FormSpec) -> FormSpec:
    """Give a form's first item pictures in stem and option, its second a stimulus, its third a picture to point at."""
    first, second, third, *rest = form.items
    options = first.content.options  # type: ignore[union-attr]
    shown = first.content.model_copy(
        update={
            "stem": image(STEM),
            "options": (options[0].model_copy(update={"content": image(OPTION)}), *options[1:]),
        }
    )
    stimulus = PublishedStimulus(
        stimulus_version_id=second.item_version_id, title="Hình chung", content=f"<p>{image(STIMULUS)}</p>"
    )
    spots = HotspotChoice.model_validate(
        {
            "stem": "Bấm vào đâu?",
            "picture": {"media": SPOT.sha256, "alternative_text": "Thanh công cụ", "width": 64, "height": 48},
            "hotspots": [
                {"id": id_, "shape": "rectangle", "coordinates": [left, 0, left + 10, 10], "label": f"Nút {id_}"}
                for id_, left in (("A", 0), ("B", 20))
            ],
        }
    )
    items = [
        first.model_copy(update={"content": shown}),
        second.model_copy(update={"stimulus": stimulus}),
        third.model_copy(update={"content": spots, "key": ChoiceKey(correct=("B",))}),
        *rest,
    ]
    return form.model_copy(update={"items": items})


async def store(database: Database, *media_: PreparedMedia) -> None:
    async with database.write() as session:
        await media.store_all(session, prepared=media_, actor=SYSTEM, now=NINE)


async def prepared(app: FastAPI, spec: FormSpec) -> PreparedSitting:
    state = app.state
    await store(state.database, STEM, OPTION, STIMULUS, SPOT)
    return await prepare_sitting(
        state.database, state.settings, candidates=2, now=utc_now(), rng=random.Random(3), specs=[spec]
    )


class TestLinear:
    @pytest.fixture
    async def sitting(self, app: FastAPI) -> PreparedSitting:
        return await prepared(app, with_pictures(make_form("101", 6, 45)))

    async def test_a_sealed_paper_brings_all_that_its_items_show_once(
        self, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
    ) -> None:
        candidate = await seated(candidate_at(0))
        await unlock_all(proctor, sitting)
        await candidate.start()
        packed = candidate.paper["media"]
        assert list(packed) == sorted(medium.sha256 for medium in (STEM, OPTION, STIMULUS, SPOT))
        for sha256, medium in packed.items():
            assert medium["content_type"] == "image/png"
            assert hashlib.sha256(base64.b64decode(medium["base64"])).hexdigest() == sha256


class TestStaged:
    @pytest.fixture
    async def sitting(self, app: FastAPI) -> PreparedSitting:
        form = adaptive_form()
        items = [
            item.model_copy(
                update={"content": item.content.model_copy(update={"stem": f"{item.content.stem}{image(STEM)}"})}
            )
            for item in form.items
        ]
        return await prepared(app, form.model_copy(update={"items": items}))

    async def test_a_stage_brings_what_its_own_items_show(
        self, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
    ) -> None:
        candidate = await seated(candidate_at(0))
        await unlock_all(proctor, sitting)
        await candidate.start()
        assert candidate.paper["media"] == {}
        (stage,) = candidate.stages
        assert list(stage["media"]) == [STEM.sha256]


async def test_a_form_whose_pictures_are_not_stored_is_not_published(database: Database) -> None:
    await store(database, STEM, OPTION, SPOT)
    spec = with_pictures(make_form("101", 4, 45))
    with pytest.raises(BadFormError) as refused:
        async with database.write() as session:
            await forms.publish_forms(session, specs=[spec], actor=SYSTEM, now=NINE, rng=random.Random(1))
    assert [(fault.code, fault.place) for fault in refused.value.faults] == [("form_media_missing", "101/2")]


def view(*media_: PreparedMedia) -> dict[str, object]:
    item: PublishedItem = make_form("101", 1, 45).items[0]
    content = item.content.model_dump(mode="json") | {"stem": "".join(map(image, media_))}
    return {"ref": "q01", "module": {"code": "IU01", "name": "x"}, "points": "1", "stimulus": None, **content}


async def test_a_paper_too_large_for_old_machines_is_not_sealed_and_the_largest_media_are_named(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store(database, STEM, OPTION)
    both = len(STEM.content) + len(OPTION.content)
    async with database.read() as session:
        monkeypatch.setattr(paper_media, "MOST_MEDIA_BYTES", both)
        assert len(await packed_media(session, [view(STEM, OPTION)], form_code="101")) == 2
        monkeypatch.setattr(paper_media, "MOST_MEDIA_BYTES", both - 1)
        with pytest.raises(PaperTooLargeError) as refused:
            await packed_media(session, [view(STEM, OPTION)], form_code="101")
    assert {fault.params["name"] for fault in refused.value.faults} == {"navy.png", "maroon.png"}
    assert {fault.place for fault in refused.value.faults} == {"101/q01"}


async def test_a_paper_is_not_sealed_without_what_its_items_show(database: Database, settings: Settings) -> None:
    async with database.read() as session:
        with pytest.raises(PaperMediaMissingError) as refused:
            await packed_media(session, [view(STEM)], form_code="101")
    assert [fault.place for fault in refused.value.faults] == ["101/q01"]
