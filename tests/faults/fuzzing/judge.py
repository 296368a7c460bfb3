"""What every answer is held against, whoever asked and whatever for."""

import json
from datetime import timedelta
from typing import Any

import httpx
from schemathesis.core.failures import Failure, FailureGroup

from exam_engine.accounts.permissions import Permission
from tests.faults.fuzzing.installation import Installation, Person
from tests.faults.fuzzing.requests import Case
from tests.faults.fuzzing.secrets import given_away

_HEADERS = ("content-security-policy", "x-content-type-options", "referrer-policy", "x-request-id", "cache-control")
_AWAY = frozenset({"busy", "server_not_ready", "server_stopping", "certificates_not_ready"})
"""Codes with which a server may say that it cannot now."""


def permission_of(description: dict[str, Any]) -> Permission | None:
    """Return what an operation asks for; None when it is open to all."""
    name = description["x-permission"]
    return None if name == "public" else Permission(name)


def faults_of(response: httpx.Response, person: Person, made: Installation, *, case: Case | None = None) -> list[str]:
    """Return what is wrong with an answer: a crash, an undeclared form, something given away."""
    faults = []
    code = code_of(response)
    if response.status_code >= 500 and not (response.status_code == 503 and code in _AWAY):
        faults.append(f"{response.status_code} {code}")
    is_page = response.headers.get("content-type", "").startswith("text/html")
    if response.status_code >= 400 and code is None and not is_page:
        faults.append(f"{response.status_code} is no problem document: {response.headers.get('content-type')}")
    faults += [f"no header {name}" for name in _HEADERS if name not in response.headers]
    sent = response.content + str(response.headers.raw).encode()
    faults += [f"gives away: {name}" for name in given_away(sent, made.secrets_from(person))]
    if case is not None and response.status_code < 500:
        faults += _undeclared(response, case)
    return faults


def _undeclared(response: httpx.Response, case: Case) -> list[str]:
    is_stream = response.headers.get("content-type", "").startswith("text/event-stream")
    if is_stream:
        return []
    # The library reads how long a request took, which only a network sets.
    response.elapsed = timedelta(0)
    try:
        case.operation.validate_response(response, case=case)
    except FailureGroup as group:
        return [_told(one) for one in group.exceptions]
    except Failure as failure:
        return [_told(failure)]
    return []


def _told(failure: Exception) -> str:
    return f"not as declared: {type(failure).__name__} {' '.join(str(failure).split())[:300]}"


def code_of(response: httpx.Response) -> str | None:
    """Return the code of a problem document; None of anything else."""
    if response.headers.get("content-type") != "application/problem+json":
        return None
    code: str | None = json.loads(response.content).get("code")
    return code
