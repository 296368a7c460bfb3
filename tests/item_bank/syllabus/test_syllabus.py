"""The shipped standards and their route."""

from datetime import date

from exam_engine.core.db import Database
from item_bank.syllabus import service
from item_bank.syllabus.models import Framework, SyllabusModule, SyllabusSection
from item_bank.syllabus.service import Syllabus
from tests.conftest import ClientFactory


async def test_two_frameworks_stand_side_by_side(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    listed = (await author.get("/api/modules")).json()["items"]
    skills = [module for module in listed if module["framework_code"] == "TT03/2014"]
    assert [module["code"] for module in skills] == [f"IU{number:02d}" for number in range(1, 16)]
    assert [module["standard_level"] for module in skills] == ["basic"] * 6 + ["advanced"] * 9
    spreadsheets = skills[3]
    assert (spreadsheets["name"], spreadsheets["name_en"]) == ("Sử dụng bảng tính cơ bản", "Basic spreadsheets")
    assert spreadsheets["sections"][4] == {
        "code": "IU04.5",
        "name": "Biểu thức và hàm",
        "name_en": "Expressions and functions",
        "source": "to_be_checked",
    }
    assert {section["source"] for section in skills[0]["sections"]} == {"published_outline"}
    competence = [module for module in listed if module["framework_code"] == "TT02/2025"]
    assert [len(module["sections"]) for module in competence] == [3, 6, 4, 4, 4, 3]
    assert {module["standard_level"] for module in competence} == {None}
    assert len(skills) + len(competence) == len(listed)


async def shipped(database: Database) -> Syllabus:
    async with database.write() as session:
        await service.load_shipped(session)
        return await service.find_syllabus(session)


async def test_what_nobody_has_published_is_neither_invented_nor_called_published(database: Database) -> None:
    syllabus = await shipped(database)
    for number in range(8, 16):
        assert syllabus.sections_of(f"IU{number:02d}") == []
    recalled = [
        part for part in syllabus.parts.values() if part.module_code[:3] == "NLS" or "IU02" <= part.module_code < "IU07"
    ]
    assert {part.source for part in recalled} == {"to_be_checked"}
    # Statements come from a summary, so neither their numbers nor their words are sure.
    assert {part.source for part in syllabus.parts.values() if part.depth == 3} == {"to_be_checked"}
    assert all(part.name_en for part in syllabus.parts.values())


async def test_loading_again_changes_nothing_that_a_board_has_mended(database: Database) -> None:
    async with database.write() as session:
        assert await service.load_shipped(session) == ["TT03/2014", "TT02/2025"]
        section = await session.get(SyllabusSection, "IU04.5")
        assert section is not None
        section.name = "Biểu thức, hàm và công thức"
        session.add(section)
    async with database.write() as session:
        assert await service.load_shipped(session) == []
        syllabus = await service.find_syllabus(session)
    assert syllabus.sections["IU04.5"].name == "Biểu thức, hàm và công thức"


async def test_a_reference_lies_in_its_section_at_any_depth(database: Database) -> None:
    syllabus = await shipped(database)
    assert syllabus.section_of("IU01.2") == "IU01.2"
    assert syllabus.section_of("IU01.2.1.3") == "IU01.2"
    assert syllabus.section_of("IU01") is None
    assert syllabus.section_of("IU01.99") is None
    assert syllabus.known_part("IU07.1.2.3") == "IU07.1.2.3"
    assert syllabus.known_part("IU01.2.1.3") == "IU01.2.1"
    assert syllabus.known_part("IU01.99") == "IU01"
    assert syllabus.known_part("XX") is None


async def test_a_framework_is_read_from_each_node_to_what_lies_in_it(database: Database) -> None:
    syllabus = await shipped(database)
    codes = [node.code for node in syllabus.nodes_of("TT03/2014")]
    # Shipped in the order of their numbers: reading order is the order of the numbers, level by level.
    assert codes == sorted(codes, key=lambda code: [code.split(".")[0], *(int(n) for n in code.split(".")[1:])])
    assert len(codes) == len(set(codes))
    assert set(codes) == {code for code in (*syllabus.modules, *syllabus.parts) if code.startswith("IU")}


def small_syllabus() -> Syllabus:
    framework = Framework(
        code="F/1", name="F", name_en="F", legal_basis="L", valid_from=date(2020, 1, 1), valid_to=date(2020, 12, 31)
    )
    module = SyllabusModule(
        code="A", framework_code="F/1", name="A", name_en="A", position=1, valid_from=date(2020, 2, 1)
    )
    section = SyllabusSection(code="A.1", module_code="A", name="S", source="board", position=1)
    topic = SyllabusSection(
        code="A.1.1",
        module_code="A",
        parent_code="A.1",
        depth=2,
        name="T",
        source="board",
        position=1,
        valid_to=date(2020, 6, 30),
    )
    return Syllabus({"F/1": framework}, {"A": module}, {"A.1": section, "A.1.1": topic})


def test_a_node_is_in_force_from_its_first_day_to_its_last_and_never_beyond_what_it_lies_in() -> None:
    syllabus = small_syllabus()
    assert not syllabus.is_in_force("A.1.1", date(2020, 1, 31))
    assert syllabus.is_in_force("A.1.1", date(2020, 2, 1))
    assert syllabus.is_in_force("A.1.1", date(2020, 6, 30))
    assert not syllabus.is_in_force("A.1.1", date(2020, 7, 1))
    assert syllabus.is_in_force("A.1", date(2020, 7, 1))
    assert syllabus.is_in_force("A.1", date(2020, 12, 31))
    assert not syllabus.is_in_force("A.1", date(2021, 1, 1))
    assert not syllabus.is_in_force("A.2", date(2020, 7, 1))
