"""Requests made from the application's own description: as it says, or against it, aimed at what is stored."""

import random
import re
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis import Case as AnyCase
from schemathesis import GenerationMode
from schemathesis.core.result import Ok
from schemathesis.openapi import from_dict
from schemathesis.schemas import APIOperation

Operation = APIOperation[Any, Any, Any, Any]
Case = AnyCase[Operation]

_UUID = re.compile(r"[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")
_AIMED = 0.8
"""Share of identities that are those of something stored."""

# What hands nothing out comes last, what takes something away at the very end.
_ORDER = {"get": 0, "post": 1, "put": 2, "patch": 3, "delete": 4}


def operations_of(document: dict[str, Any]) -> list[Operation]:
    """Return the operations of an OpenAPI document, those that take something away last."""
    schema = from_dict(document, config=schemathesis.Config())
    read = list(schema.get_all_operations())
    found = [result.ok() for result in read if isinstance(result, Ok)]
    if len(found) < len(read):
        raise AssertionError("the description holds what cannot be read")
    return sorted(found, key=lambda operation: _ORDER[operation.method.lower()])


def cases_of(operation: Operation, known: Mapping[str, Sequence[str]], *, is_valid: bool) -> st.SearchStrategy[Case]:
    """Return what makes cases of an operation, in the form that its description asks for or not."""
    mode = GenerationMode.POSITIVE if is_valid else GenerationMode.NEGATIVE
    return st.builds(
        lambda case, rng: aimed(case, known, rng),
        operation.as_strategy(generation_mode=mode),
        st.randoms(use_true_random=False),
    )


def aimed(case: Case, known: Mapping[str, Sequence[str]], rng: random.Random) -> Case:
    """Let most identities of a case be those of something stored, found by the name of their parameter."""
    for parameters in (case.path_parameters, case.query):
        for name in parameters or ():
            if name in known and rng.random() < _AIMED:
                parameters[name] = rng.choice(known[name])
    case.body = _aimed_value(case.body, "", known, rng)
    return case


def _aimed_value(value: Any, name: str, known: Mapping[str, Sequence[str]], rng: random.Random) -> Any:
    match value:
        case dict():
            return {key: _aimed_value(one, key, known, rng) for key, one in value.items()}
        case list():
            return [_aimed_value(one, name.removesuffix("s"), known, rng) for one in value]
        case str() if _UUID.fullmatch(value) and rng.random() < _AIMED:
            return rng.choice(known.get(name) or rng.choice(list(known.values())))
    return value


def request_of(case: Case) -> httpx.Request:
    """Return the request that a case stands for, without anybody's cookies."""
    how = case.as_transport_kwargs(base_url="http://exam.test")
    prepared = requests.Request(**{name: how[name] for name in how if name in _TAKEN}).prepare()
    headers = {
        name: value
        for name, value in prepared.headers.items()
        if name.lower() not in {"cookie", "x-csrf-token", "accept-encoding", "content-length"}
    }
    content = prepared.body or b""
    if not isinstance(content, bytes | str):
        raise TypeError(f"{case.method} {case.path} has a body that is no bytes")
    return httpx.Request(
        prepared.method or case.method,
        prepared.url or "",
        headers=[(_raw(name), _raw(value)) for name, value in headers.items()],
        content=content.encode() if isinstance(content, str) else content,
    )


def _raw(text: str | bytes) -> bytes:
    return text.encode("latin-1", "replace") if isinstance(text, str) else text


_TAKEN = frozenset({"method", "url", "headers", "params", "json", "data", "files"})
