"""A computation in a process of its own: it tells how far it is, and it can be ended at any moment."""

import asyncio
import multiprocessing
import traceback
from collections.abc import Awaitable, Callable, Iterable
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, SpawnContext
from typing import Any, TypeVar

R = TypeVar("R")
Tell = Callable[[Any], None]
"""Sends a picklable word from the computation to who waits for it."""


_PROGRAM = "exam_engine.cli"
"""What every new process runs through once more, because the command that started this one is a call of it."""


class ProcessDiedError(Exception):
    """The process ended without a result, most often killed for want of memory."""


class ComputationFailedError(Exception):
    """The computation raised; the message is the traceback of its process."""


def computing_processes(modules: Iterable[str] = ()) -> ForkServerContext | SpawnContext:
    """Return the context in which processes for computing are started.

    A forked child of a threaded server would inherit locks in unknown states. The fork server has neither threads nor
    data, and with the modules and the program imported once in it, a process starts within milliseconds instead of
    seconds.

    Parameters
    ----------
    modules : what processes shall find imported; heeded only before the first process starts.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    if modules:
        context.set_forkserver_preload(sorted({*modules, _PROGRAM}))
    return context


async def compute_in_own_process(
    function: Callable[..., R], *args: Any, on_word: Callable[[Any], Awaitable[None]]
) -> R:
    """Run ``function(*args, tell=…)`` in a new process and wait for its result.

    Cancelling the waiting task kills the process at once, which no process of a pool allows.

    Parameters
    ----------
    function : picklable; takes ``tell`` by name, which sends a picklable word.
    on_word : awaited with each word, in order.

    Raises
    ------
    ProcessDiedError, ComputationFailedError
    """
    processes = computing_processes()
    receiver, sender = processes.Pipe(duplex=False)
    process = processes.Process(target=_work, args=(sender, function, args), daemon=True)
    starting = asyncio.ensure_future(asyncio.to_thread(process.start))
    try:
        try:
            await asyncio.shield(starting)
        except (EOFError, OSError) as error:
            # The fork server was killed while it forked; the next computation starts another.
            raise ProcessDiedError from error
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
        await asyncio.wait([starting])
        sender.close()
        if starting.exception() is None:
            process.kill()
            await asyncio.to_thread(process.join)


def _work(sender: Connection, function: Callable[..., Any], args: tuple[Any, ...]) -> None:
    try:
        sender.send(("result", function(*args, tell=lambda word: sender.send(("word", word)))))
    except BaseException:
        sender.send(("failure", traceback.format_exc()))
