"""Checklists and verdicts: what approval and return demand, what is kept, who sees it."""

from typing import Any

import pytest
from fastapi import FastAPI

from exam_engine.core.db import Database
from exam_engine.interactions.content import Interaction
from item_bank.reviewing.checklists import (
    Answer,
    Question,
    Verdict,
    answer_faults,
    load_shipped,
    questions_about,
    shipped_questions,
)
from tests.conftest import NINE, ClientFactory
from tests.item_bank.authoring.bodies import acted, saved
from tests.item_bank.reviewing.desk import checklist_in_force, handed_in, review_body, reviewed, status_of

WRONG_KEY = Answer(code="key", answer="no", remark="Sai.")
NO_WORDS = Answer(code="words", answer="no", remark=" ")
ASKED = [Question(code="key", text="Đáp án?", is_decisive=True), Question(code="words", text="Chữ?")]
YES = [Answer(code="key", answer="yes"), Answer(code="words", answer="yes")]


@pytest.mark.parametrize(
    ("answers", "verdict", "note", "faults"),
    [
        (YES, "approve", "", []),
        ([YES[0], Answer(code="words", answer="not_applicable")], "approve", "", []),
        ([YES[0], Answer(code="words", answer="no", remark="Một chữ sai.")], "approve", "", []),
        ([YES[0]], "approve", "", [("review_answer_missing", "answers/words")]),
        ([YES[0], NO_WORDS], "approve", "", [("review_remark_missing", "answers/words")]),
        ([WRONG_KEY, YES[1]], "approve", "", [("review_no_decides", "answers/key")]),
        ([*YES, Answer(code="other", answer="yes")], "approve", "", [("review_answer_unasked", "answers/other")]),
        ([*YES, YES[0]], "approve", "", [("review_answer_unasked", "answers/key")]),
        ([], "return", "Viết lại.", []),
        ([WRONG_KEY], "return", "", []),
        ([], "return", " ", [("review_reason_missing", "note")]),
        (YES, "return", "", [("review_reason_missing", "note")]),
        ([Answer(code="key", answer="no")], "return", "Viết lại.", [("review_remark_missing", "answers/key")]),
    ],
)  # fmt: skip
def test_what_a_verdict_demands_of_the_answers(
    answers: list[Answer], verdict: Verdict, note: str, faults: list[tuple[str, str]]
) -> None:
    assert [(fault.code, fault.place) for fault in answer_faults(ASKED, answers, verdict, note)] == faults


@pytest.mark.parametrize("kind", Interaction.__args__)  # type: ignore[attr-defined]
def test_the_shipped_checklist_asks_about_every_kind_of_item(kind: str) -> None:
    asked = questions_about(shipped_questions(), kind)
    codes = {question.code for question in asked}
    assert codes >= {"key_correct", "syllabus_fit", "level_right", "language_right", "no_cue", "fair", "copyright"}
    assert "accessible" in codes
    assert ("one_best_answer" in codes) is (kind == "single_choice")
    assert all(question.source and question.text_en for question in asked)
    assert len(codes) == len(asked)


async def test_an_approval_on_the_page_demands_a_whole_checklist_and_keeps_it(client_for: ClientFactory) -> None:
    author, reviewer = await client_for("item_author"), await client_for("item_reviewer")
    item = await handed_in(author)
    whole = await review_body(reviewer, item)
    status, problem = await reviewed(reviewer, item, answers=whole["answers"][1:])
    assert (status, problem["code"]) == (422, "invalid_review")
    assert [error["place"] for error in problem["errors"]] == [f"answers/{whole['answers'][0]['code']}"]
    assert (await reviewer.get(f"/api/items/{item['id']}/reviews")).json()["total"] == 0
    assert await status_of(reviewer, item) == "in_review"

    answers = [*whole["answers"][:-1], whole["answers"][-1] | {"answer": "not_applicable", "remark": "Tự vẽ."}]
    assert (await reviewed(reviewer, item, answers=answers, note="Câu tốt."))[0] == 201
    assert await status_of(reviewer, item) == "approved"
    [kept] = (await author.get(f"/api/items/{item['id']}/reviews")).json()["items"]
    assert (kept["verdict"], kept["note"], kept["version_number"], kept["checklist_number"]) == (
        "approve", "Câu tốt.", 1, 1,
    )  # fmt: skip
    assert kept["answers"][-1] == {"code": answers[-1]["code"], "answer": "not_applicable", "remark": "Tự vẽ."}


async def test_a_return_says_why_and_the_item_comes_back_as_revised(client_for: ClientFactory) -> None:
    author, reviewer = await client_for("item_author"), await client_for("item_reviewer")
    item = await handed_in(author)
    assert (await reviewed(reviewer, item, verdict="return", answers=[]))[1]["errors"][0][
        "code"
    ] == "review_reason_missing"
    assert (await reviewed(reviewer, item, verdict="return", answers=[], note="Phương án B cũng đúng."))[0] == 201
    assert await status_of(author, item) == "returned"
    newer = await saved(author, item, key={"form": "choice", "correct": ["C"]})
    assert newer["status"] == "revised"
    assert (await reviewed(reviewer, newer))[0] == 201
    verdicts = [(one["version_number"], one["verdict"]) for one in
                (await author.get(f"/api/items/{item['id']}/reviews")).json()["items"]]  # fmt: skip
    assert verdicts == [(2, "approve"), (1, "return")]


async def test_a_review_is_about_the_version_that_the_reviewer_had_before_them(client_for: ClientFactory) -> None:
    author, reviewer = await client_for("item_author"), await client_for("item_reviewer")
    item = await handed_in(author)
    await saved(author, item, key={"form": "choice", "correct": ["B"]})
    status, problem = await reviewed(reviewer, item)
    assert (status, problem["code"]) == (409, "review_version_conflict")
    assert await status_of(reviewer, item) == "revised"


async def test_a_refused_verdict_leaves_no_review_behind(client_for: ClientFactory) -> None:
    both = await client_for("item_author", "item_reviewer")
    item = await handed_in(both)
    status, problem = await reviewed(both, item)
    assert (status, problem["code"], problem["errors"][0]["code"]) == (409, "review_refused", "own_item")
    assert (await both.get(f"/api/items/{item['id']}/reviews")).json()["total"] == 0


@pytest.mark.parametrize("verdict", ["approve", "return"])
async def test_an_item_that_does_not_wait_for_review_takes_no_verdict(client_for: ClientFactory, verdict: str) -> None:
    author, reviewer = await client_for("item_author"), await client_for("item_reviewer")
    item = await handed_in(author)
    withdrawal = {"item_ids": [item["id"]], "act": "withdraw"}
    assert (await author.post("/api/items/submissions", json=withdrawal)).json()["done"] == 1
    status, problem = await reviewed(reviewer, item, verdict=verdict, note="Vì sao?")
    assert (status, problem["errors"][0]["code"]) == (409, "review_wrong_status")


async def test_a_bulk_approval_is_possible_and_recorded_as_one_without_a_checklist(client_for: ClientFactory) -> None:
    author, reviewer, inspector = [await client_for(role) for role in ("item_author", "item_reviewer", "inspector")]
    one, other = await handed_in(author), await handed_in(author)
    assert (await acted(reviewer, "approvals", one))["done"] == 1
    assert (await reviewed(reviewer, other))[0] == 201

    async def behind(item: dict[str, Any]) -> list[tuple[str, int | None]]:
        events = (await author.get(f"/api/items/{item['id']}/whereabouts")).json()["events"]
        return [(event["act"], event["checklist"]) for event in events]

    assert await behind(one) == [("approve", None), ("submit", None)]
    assert await behind(other) == [("approve", 1), ("submit", None)]
    record = (await inspector.get("/api/audit", params={"action": "item.approved"})).json()["items"]
    assert [entry["details"]["checklist"] for entry in record] == [1, None]


async def test_the_words_of_a_review_reach_only_those_who_may_read_keys(client_for: ClientFactory) -> None:
    author, reviewer, board, inspector = [
        await client_for(role) for role in ("item_author", "item_reviewer", "board_member", "inspector")
    ]
    item = await handed_in(author)
    told = [{"code": "key_correct", "answer": "no", "remark": "Phải là C."}]
    assert (await reviewed(reviewer, item, verdict="return", answers=told, note="Đổi thành C."))[0] == 201
    for reader in (board, inspector):
        for address in ("reviews", "whereabouts"):
            response = await reader.get(f"/api/items/{item['id']}/{address}")
            assert response.status_code == 200
            assert "C." not in response.text
    assert "Đổi thành C." not in (await inspector.get("/api/audit")).text
    assert "Phải là C." in (await author.get(f"/api/items/{item['id']}/reviews")).text


async def test_the_board_replaces_the_checklist_and_old_reviews_keep_theirs(client_for: ClientFactory) -> None:
    author, reviewer, board = [await client_for(role) for role in ("item_author", "item_reviewer", "board_member")]
    first, second = await handed_in(author), await handed_in(author)
    before = await review_body(reviewer, second)
    assert (await reviewed(reviewer, first))[0] == 201
    questions = [{"code": "all_right", "text": "  Câu   đạt? ", "is_decisive": True}]
    made = await board.post("/api/review-checklists", json={"questions": questions, "note": "Gọn lại."})
    assert (made.status_code, made.json()["number"], made.json()["questions"][0]["text"]) == (201, 2, "Câu đạt?")
    outdated = await reviewer.post(f"/api/items/{second['id']}/reviews", json=before)
    assert (outdated.status_code, outdated.json()["code"]) == (409, "checklist_outdated")
    assert (await reviewed(reviewer, second))[0] == 201
    numbers = [checklist["number"] for checklist in (await reviewer.get("/api/review-checklists")).json()["items"]]
    assert numbers == [2, 1]
    [kept] = (await reviewer.get(f"/api/items/{first['id']}/reviews")).json()["items"]
    assert kept["checklist_number"] == 1


async def test_of_two_who_change_the_checklist_the_second_is_told_and_nothing_is_lost(
    client_for: ClientFactory,
) -> None:
    first, second = await client_for("board_member"), await client_for("board_member")
    body = {"questions": [{"code": "all_right", "text": "Đạt?", "is_decisive": True}], "based_on": 1}
    assert (await first.post("/api/review-checklists", json=body)).json()["number"] == 2
    refused = await second.post("/api/review-checklists", json=body)
    assert (refused.status_code, refused.json()["code"]) == (409, "checklist_conflict")
    assert (await checklist_in_force(second))["number"] == 2
    assert (await second.post("/api/review-checklists", json=body | {"based_on": 2})).json()["number"] == 3


@pytest.mark.parametrize(
    ("questions", "fault"),
    [
        ([{"code": "a", "text": "Một?", "is_decisive": True}, {"code": "a", "text": "Hai?"}], "checklist_code_twice"),
        ([{"code": "a", "text": "Một?"}], "checklist_nothing_decides"),
        ([{"code": "a", "text": "Một?", "is_decisive": True, "interactions": ["match"]}], "checklist_nothing_decides"),
        ([{"code": "a", "text": " ", "is_decisive": True}], "checklist_text_missing"),
    ],
)
async def test_a_checklist_that_contradicts_itself_is_refused(
    client_for: ClientFactory, questions: list[dict[str, Any]], fault: str
) -> None:
    board = await client_for("board_member")
    refused = await board.post("/api/review-checklists", json={"questions": questions})
    assert (refused.status_code, [error["code"] for error in refused.json()["errors"]]) == (422, [fault])
    assert (await checklist_in_force(board))["number"] == 1


async def test_starting_again_leaves_the_boards_checklist_alone(app: FastAPI, client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    questions = [{"code": "all_right", "text": "Đạt?", "is_decisive": True}]
    await board.post("/api/review-checklists", json={"questions": questions})
    database: Database = app.state.database
    async with database.write() as session:
        await load_shipped(session, NINE)
    assert (await checklist_in_force(board))["number"] == 2
