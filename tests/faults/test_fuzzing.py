"""Made-up requests and spoiled bytes: nothing breaks, nothing undeclared is answered, no key gets out."""

import asyncio
import base64
import gzip
import io
import random
import zipfile
from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest

from exam_engine.accounts.access import PUBLIC
from exam_engine.core.config import Settings
from tests.faults.fuzzing.attack import attack
from tests.faults.fuzzing.campaign import run_campaign
from tests.faults.fuzzing.installation import filled_installation
from tests.faults.fuzzing.secrets import MARK, given_away, key_secret, text_secret


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_nothing_that_is_sent_breaks_the_server_or_gets_a_key_out_of_it(settings: Settings) -> None:
    findings = attack(settings, examples=1, rounds=5, seed=3, share=0.05, everybody=False)
    assert findings.faults == {}, str(findings)
    # Or it would say nothing: all kinds of answers came.
    assert findings.requests > 150
    assert {200, 401, 403, 404, 422} <= set(findings.statuses)


@pytest.mark.extended
@pytest.mark.slow
def test_nothing_that_is_sent_to_any_route_breaks_the_server(settings: Settings) -> None:
    seed = random.SystemRandom().randrange(10**6)
    findings = attack(settings, examples=2, rounds=20, seed=seed, share=1.0, everybody=False)
    assert findings.faults == {}, f"seed {seed}\n{findings}"


@pytest.fixture
def broken(settings: Settings) -> Iterator[tuple[asyncio.Runner, AsyncExitStack]]:
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        yield runner, stack
        runner.run(stack.aclose())


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_route_that_crashes_leaks_or_says_what_it_did_not_declare_is_found(
    settings: Settings, broken: tuple[asyncio.Runner, AsyncExitStack]
) -> None:
    runner, stack = broken
    made = runner.run(stack.enter_async_context(filled_installation(settings)))

    @made.app.get("/api/broken/crash", dependencies=[PUBLIC])
    async def crash() -> None:
        raise ZeroDivisionError

    @made.app.get("/api/broken/leak", dependencies=[PUBLIC])
    async def leak() -> list[str]:
        return [f"{MARK}formtext101"]

    @made.app.get("/api/broken/number", dependencies=[PUBLIC], response_model=None, responses={200: {"model": int}})
    async def number() -> str:
        return "một"

    findings = run_campaign(
        runner, made, is_chosen=lambda one: "/broken/" in one.path, examples=1, seed=1, everybody=False
    )
    found = {what.partition(": ")[0].split("/")[-1]: what.partition(": ")[2][:24] for what in findings.faults}
    assert found["crash"] == "500 unexpected"
    assert found["leak"].startswith("gives away: key of form ")
    assert found["number"].startswith("not as declared: ")


def test_a_secret_is_found_in_every_form_in_which_it_may_travel() -> None:
    key = random.Random(5).randbytes(32)
    secrets = (text_secret("text", f"{MARK}text"), key_secret("key", key))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<w:t>{MARK}text</w:t>" * 20)
    for content in (
        f'{{"model": "{MARK.upper()}TEXT"}}'.encode(),
        packed.getvalue(),
        gzip.compress(f"{MARK}text".encode()),
    ):
        assert given_away(content, secrets) == ["text"]
    for content in (key, base64.b64encode(key), base64.urlsafe_b64encode(key), key.hex().encode()):
        assert given_away(b"before " + content + b" after", secrets) == ["key"]
    assert given_away(b"nothing of the kind", secrets) == []
