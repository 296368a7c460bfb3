"""Two people who do the same at the same instant: one succeeds, the other is told, nothing breaks."""

import asyncio

from tests.conftest import ClientFactory


async def test_two_people_creating_the_same_exam_at_once_make_one(client_for: ClientFactory) -> None:
    boards = [await client_for("board_member") for _ in range(4)]
    exam = {"code": "CNTT-CB", "name": "Ứng dụng CNTT cơ bản", "standard_level": "basic", "duration_minutes": 45}
    responses = await asyncio.gather(*(board.post("/api/exams", json=exam) for board in boards))
    assert sorted(response.status_code for response in responses) == [201, 409, 409, 409]
    assert {response.json()["code"] for response in responses if response.status_code == 409} <= {
        "code_taken",
        "conflict",
    }
    assert (await boards[0].get("/api/exams")).json()["total"] == 1
