"""Made-up responses have the form that items accept."""

import random

from hypothesis import given
from hypothesis import strategies as st

from exam_engine.interactions.responses import response_flag
from load_tests.practical_files import made_up_file
from load_tests.responding import made_up_response
from tests.exam_engine.interactions.strategies import Item, items


@given(items().filter(lambda pair: pair[0].interaction != "file_upload"), st.integers(0, 10_000))
def test_every_kind_of_item_accepts_them(pair: Item, seed: int) -> None:
    content = pair[0]
    response = made_up_response(content.model_dump(mode="json"), random.Random(seed))
    assert response_flag(content, response) is None, (content, response)


def test_files_are_of_a_type_that_the_task_takes_and_the_same_for_the_same_chance() -> None:
    for types, starts in ((["docx", "xlsx"], b"PK"), (["xlsx"], b"PK"), (["txt"], b"")):
        first, second = (made_up_file({"file_types": types}, random.Random(7)) for _ in range(2))
        assert first == second
        name, content = first
        assert name.rsplit(".", 1)[1] == types[0]
        assert content.startswith(starts)
        assert content
