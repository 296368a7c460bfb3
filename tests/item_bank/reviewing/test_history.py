"""The life of an item over HTTP: differences, steps, calibrations, counts of options; nothing of keys for others."""

import pytest

from tests.conftest import ClientFactory
from tests.item_bank.authoring.bodies import created, saved
from tests.item_bank.calibration.pilots import CODES, KEYS, A, B, calibrate, fill_bank
from tests.item_bank.makers import item_ids
from tests.item_bank.responses import response_csv


async def test_a_difference_tells_words_key_and_metadata(client_for: ClientFactory) -> None:
    author, board = await client_for("item_author"), await client_for("board_member")
    item = await created(author)
    content = {
        "interaction": "single_choice",
        "language": "vi",
        "stem": "Hàm nào tính <strong>trung bình</strong>?",
        "options": [{"id": "A", "content": "SUM"}, {"id": "B", "content": "AVERAGE"}, {"id": "C", "content": "MAX"}],
    }
    await saved(
        author, item, content=content, key={"form": "choice", "correct": ["B"]}, cognitive_level="TH",
        explanation="AVERAGE chia tổng cho số ô.",
    )  # fmt: skip
    address = f"/api/items/{item['id']}/differences"
    found = (await author.get(address, params={"before": 1, "after": 2})).json()
    [line] = found["parts"][0]["text"]["lines"]
    assert [(run["change"], run["html"]) for run in line["runs"]] == [
        ("same", "Hàm nào tính "),
        ("removed", "<strong>tổng</strong>"),
        ("added", "<strong>trung bình</strong>"),
        ("same", "?"),
    ]
    assert [(part["place_after"], part["change"]) for part in found["parts"]] == [
        ("stem", "changed"),
        ("options/A", "same"),
        ("options/B", "changed"),
        ("options/C", "same"),
    ]
    assert [(part["was_right"], part["is_right"]) for part in found["parts"]] == [
        (False, False), (True, False), (False, True), (False, False),
    ]  # fmt: skip
    assert found["key"] == [{"name": "correct", "before": ["A"], "after": ["B"]}]
    assert found["metadata"] == [{"name": "cognitive_level", "before": "NB", "after": "TH"}]
    assert found["explanation"]["is_same"] is False

    response = await board.get(address, params={"before": 1, "after": 2})
    hidden = response.json()
    assert (hidden["key"], hidden["explanation"], hidden["model_answer"]) == (None, None, None)
    assert "chia tổng" not in response.text
    assert hidden["is_same"] is False
    assert not any(part["was_right"] or part["is_right"] for part in hidden["parts"])


async def test_a_changed_key_alone_looks_like_no_change_to_whoever_may_not_read_keys(
    client_for: ClientFactory,
) -> None:
    author, board = await client_for("item_author"), await client_for("board_member")
    item = await created(author)
    await saved(author, item, key={"form": "choice", "correct": ["B"]})
    address = f"/api/items/{item['id']}/differences?before=1&after=2"
    assert (await author.get(address)).json()["is_same"] is False
    assert (await board.get(address)).json()["is_same"] is True


@pytest.mark.parametrize("numbers", [(1, 2), (2, 1)])
async def test_a_version_that_does_not_exist_is_told(client_for: ClientFactory, numbers: tuple[int, int]) -> None:
    author = await client_for("item_author")
    item = await created(author)
    before, after = numbers
    missing = await author.get(f"/api/items/{item['id']}/differences", params={"before": before, "after": after})
    assert (missing.status_code, missing.json()["code"]) == (404, "item_version_not_found")


async def test_calibrations_and_counts_of_options_are_told(client_for: ClientFactory) -> None:
    board, reviewer = await client_for("board_member"), await client_for("item_reviewer")
    await fill_bank(client_for)
    file = response_csv(CODES, A, B, KEYS, n_candidates=400, seed=3)
    # Ten candidates left the second item blank.
    lines = [
        f"P{number:04d},{CODES[1]}," if line.startswith(f"P{number:04d},{CODES[1]}") else line
        for line in file.decode().split("\n")
        for number in [int(line[1:5]) if line[0] == "P" and int(line[1:5]) <= 10 else 0]
    ]
    run = await calibrate(board, "\n".join(lines).encode())
    ids = await item_ids(reviewer)
    found = (await reviewer.get(f"/api/items/{ids[CODES[1]]}/statistics")).json()
    [past] = found["calibrations"]
    assert (past["calibration_id"], past["version_number"], past["status"]) == (run["id"], 1, "estimated")
    answered = [line.rpartition(",")[2] for line in lines if f",{CODES[1]}," in line]
    assert past["p"] == pytest.approx(answered.count(KEYS[1]) / 400)
    assert found["options"]["counts"] == {letter: answered.count(letter) for letter in "ABCD"}
    assert found["options"]["blank"] == answered.count("") == 10
    assert (await board.get(f"/api/items/{ids[CODES[1]]}/statistics")).json()["options"] is None
