"""A computation in a process of its own: it tells how far it is, and it can be ended at any moment."""

import asyncio
import multiprocessing
import traceback
from collections.abc import Awaitable, Callable
from multiprocessing.connection import Connection
from typing import Any, TypeVar

R = TypeVar("R")
Tell = Callable[[Any], None]
"""Sends a picklable word from the computation to who waits for it."""


class ProcessDiedError(Exception):
    """The process ended without a result, most often killed for want of memory."""


class ComputationFailedError(Exception):
    """The computation raised; the message is the traceback of its process."""


async def compute_in_own_process(
    function: Callable[..., R], *args: Any, on_word: Callable[[Any], Awaitable[None]]
) -> R:
    """Run ``function(*args, tell=…)`` in a new process and wait for its result.

    Cancelling the waiting task kills the process at once. Unlike a pool, whose processes cannot be stopped one by one,
    this costs the start of a process, so it is for computations of seconds and more.

    Parameters
    ----------
    function : picklable; takes ``tell`` by name, which sends a picklable word.
    on_word : awaited with each word, in order.

    Raises
    ------
    ProcessDiedError, ComputationFailedError
    """
    # "spawn": a forked child of a threaded server inherits locks in unknown states.
    spawning = multiprocessing.get_context("spawn")
    receiver, sender = spawning.Pipe(duplex=False)
    process = spawning.Process(target=_work, args=(sender, function, args), daemon=True)
    starting = asyncio.ensure_future(asyncio.to_thread(process.start))
    try:
        await asyncio.shield(starting)
        # With our copy closed, the end of the process is the end of the pipe.
        sender.close()
        while True:
            try:
                kind, value = await asyncio.to_thread(receiver.recv)
            except EOFError as error:
                raise ProcessDiedError from error
            if kind == "result":
                result: R = value
                return result
            if kind == "failure":
                raise ComputationFailedError(value)
            await on_word(value)
    finally:
        # A process that is just being started could not be found to be killed.
        await starting
        sender.close()
        process.kill()
        await asyncio.to_thread(process.join)


def _work(sender: Connection, function: Callable[..., Any], args: tuple[Any, ...]) -> None:
    try:
        sender.send(("result", function(*args, tell=lambda word: sender.send(("word", word)))))
    except BaseException:
        sender.send(("failure", traceback.format_exc()))
