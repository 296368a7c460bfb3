"""The shipped standard and its route."""

from exam_engine.core.db import Database
from item_bank.syllabus import service
from item_bank.syllabus.models import SyllabusSection
from tests.conftest import ClientFactory


async def test_the_standard_has_six_basic_and_nine_advanced_modules(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    listed = (await author.get("/api/modules")).json()
    assert [module["code"] for module in listed["items"]] == [f"IU{number:02d}" for number in range(1, 16)]
    levels = [module["standard_level"] for module in listed["items"]]
    assert levels == ["basic"] * 6 + ["advanced"] * 9
    spreadsheets = listed["items"][3]
    assert (spreadsheets["name"], spreadsheets["name_en"]) == ("Sử dụng bảng tính cơ bản", "Basic spreadsheets")
    assert spreadsheets["sections"][4] == {"code": "IU04.5", "name": "Biểu thức và hàm", "source": "to_be_checked"}
    assert {section["source"] for section in listed["items"][0]["sections"]} == {"published_outline"}


async def test_loading_again_changes_nothing_that_a_board_has_mended(database: Database) -> None:
    async with database.write() as session:
        assert await service.load_shipped(session) == ["TT03/2014"]
        section = await session.get(SyllabusSection, "IU04.5")
        assert section is not None
        section.name = "Biểu thức, hàm và công thức"
        session.add(section)
    async with database.write() as session:
        assert await service.load_shipped(session) == []
        syllabus = await service.find_syllabus(session)
    assert syllabus.sections["IU04.5"].name == "Biểu thức, hàm và công thức"


async def test_a_reference_lies_in_its_section_at_any_depth(database: Database) -> None:
    async with database.write() as session:
        await service.load_shipped(session)
        syllabus = await service.find_syllabus(session)
    assert syllabus.section_of("IU01.2") == "IU01.2"
    assert syllabus.section_of("IU01.2.1.3") == "IU01.2"
    assert syllabus.section_of("IU01") is None
    assert syllabus.section_of("IU01.99") is None
