"""The whole attack on one database: an installation is filled, and everything is thrown at it."""

import asyncio
from contextlib import AsyncExitStack

from exam_engine.core.config import Settings
from tests.faults.fuzzing.campaign import Findings, run_campaign, some_of
from tests.faults.fuzzing.installation import filled_installation
from tests.faults.fuzzing.raw_bytes import throw_bytes
from tests.faults.fuzzing.strange_answers import answer_strangely


def attack(settings: Settings, *, examples: int, rounds: int, seed: int, share: float, everybody: bool) -> Findings:
    """Attack an installation on a migrated, empty database.

    Parameters
    ----------
    examples, everybody : of the requests made from the description, see :func:`run_campaign`.
    rounds : of spoiled bytes.
    share : of the operations that only staff may use; the others are always tried.
    """
    # Failed logins are part of it, and must not end it.
    chosen = settings.model_copy(update={"login_attempts": 10**6})
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        made = runner.run(stack.enter_async_context(filled_installation(chosen)))
        try:
            findings = throw_bytes(runner, made, rounds=rounds, seed=seed)
            findings.add_all(answer_strangely(runner, made))
            chosen_ones = some_of(share, seed)
            findings.add_all(
                run_campaign(runner, made, is_chosen=chosen_ones, examples=examples, seed=seed, everybody=everybody)
            )
        finally:
            runner.run(stack.aclose())
    return findings
