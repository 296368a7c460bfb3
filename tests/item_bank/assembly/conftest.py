"""Assembly jobs of these tests compute in a thread: a process of its own costs seconds of imports each time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from exam_engine.core.jobs import context


@pytest.fixture(autouse=True)
def in_this_process(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace the process by a thread, unless the test is about the process."""
    if request.node.path.name not in {"test_api.py", "test_following.py"}:
        monkeypatch.setattr(context, "compute_in_own_process", _compute_in_thread)


async def _compute_in_thread(
    function: Callable[..., Any], *args: Any, on_word: Callable[[Any], Awaitable[None]]
) -> Any:
    loop = asyncio.get_running_loop()

    async def say(word: Any) -> None:
        await on_word(word)

    def tell(word: Any) -> None:
        asyncio.run_coroutine_threadsafe(say(word), loop).result()

    return await asyncio.to_thread(function, *args, tell=tell)
