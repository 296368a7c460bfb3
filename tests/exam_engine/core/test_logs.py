"""Log lines: one JSON object an event, without secrets, with tracebacks but without the values in them."""

import json
import subprocess
import sys
from typing import Any

import pytest

PROGRAM = """
import logging
import structlog
from exam_engine.core.logs import configure_logs

configure_logs("{log_format}")
log = structlog.get_logger()
structlog.contextvars.bind_contextvars(request_id="r-1")
log.info("saved", seats=3, name="Lê Thị Thuỷ")
log.info("login", password="hidden-1", session_token="hidden-2", Cookie="hidden-3", identity_number="hidden-4")
log.info("nested", body={{"user": {{"password": "hidden-5", "name": "Thuỷ"}}}}, rows=[{{"api_key": "hidden-6"}}])
logging.getLogger("uvicorn.error").warning("from a library")
logging.getLogger("uvicorn.access").info("hidden-7")

def check(answer):
    raise ValueError("wrong form")

try:
    check("hidden-8")
except ValueError as error:
    log.error("failed", exc_info=error)
"""


def lines(log_format: str) -> list[str]:
    program = PROGRAM.format(log_format=log_format)
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == ""
    return ran.stderr.splitlines()


@pytest.fixture(scope="module")
def events() -> dict[str, dict[str, Any]]:
    parsed = [json.loads(line) for line in lines("json")]
    return {event["event"]: event for event in parsed}


def test_each_event_is_one_json_line_with_time_level_and_request(events: dict[str, dict[str, Any]]) -> None:
    assert list(events) == ["saved", "login", "nested", "from a library", "failed"]
    saved = events["saved"]
    assert (saved["seats"], saved["name"], saved["level"], saved["request_id"]) == (3, "Lê Thị Thuỷ", "info", "r-1")
    assert saved["timestamp"].endswith("Z")
    assert events["from a library"]["level"] == "warning"


def test_secrets_are_starred_wherever_they_stand(events: dict[str, dict[str, Any]]) -> None:
    login = events["login"]
    assert {login[name] for name in ("password", "session_token", "Cookie", "identity_number")} == {"***"}
    assert events["nested"]["body"] == {"user": {"password": "***", "name": "Thuỷ"}}
    assert events["nested"]["rows"] == [{"api_key": "***"}]


def test_a_traceback_says_where_and_what_but_not_with_which_values(events: dict[str, dict[str, Any]]) -> None:
    [raised] = events["failed"]["exception"]
    assert (raised["exc_type"], raised["exc_value"]) == ("ValueError", "wrong form")
    assert [frame["name"] for frame in raised["frames"]] == ["<module>", "check"]


@pytest.mark.parametrize("log_format", ["json", "text"])
def test_no_secret_reaches_the_log_in_either_form(log_format: str) -> None:
    text = "\n".join(lines(log_format))
    assert "wrong form" in text
    # The source line of a frame may be shown; the program above is not in a file, so nothing of it is.
    assert "hidden-" not in text
