"""The Config Key: a hash of settings that every version and platform of Safe Exam Browser computes alike."""

import base64
import hashlib
import math
from collections.abc import Mapping
from typing import Any

from exam_engine.lockdown.seb.errors import UnhashableSettingsError

_LEFT_OUT = "originatorversion"


def config_key(settings: Mapping[str, Any]) -> str:
    """Return the Config Key of settings, 64 hexadecimal digits.

    Raises
    ------
    UnhashableSettingsError
        As :func:`seb_json`.
    """
    return hashlib.sha256(seb_json(settings).encode()).hexdigest()


def seb_json(settings: Mapping[str, Any]) -> str:
    """Return settings as the text that is hashed: JSON without white space, and without escaping anything.

    The name of the program that wrote the file, and pairs with an empty dictionary, are left out at any depth.

    Raises
    ------
    UnhashableSettingsError
        A date, which versions write differently, or something no settings have.
    """
    return _text(settings)


def _text(value: object) -> str:
    # Before numbers: a boolean is a number as well.
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return '""'
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _real(value)
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bytes):
        return f'"{base64.b64encode(value).decode()}"'
    if isinstance(value, list):
        return f"[{','.join(_text(one) for one in value)}]"
    if isinstance(value, Mapping):
        pairs = (f'"{key}":{_text(value[key])}' for key in sorted(value, key=_order) if _counts(key, value[key]))
        return f"{{{','.join(pairs)}}}"
    raise UnhashableSettingsError


def _real(value: float) -> str:
    if not math.isfinite(value):
        raise UnhashableSettingsError
    return str(int(value)) if value.is_integer() else repr(value)


def _counts(key: str, value: object) -> bool:
    return key.lower() != _LEFT_OUT and not (isinstance(value, Mapping) and not value)


def _order(key: str) -> tuple[str, str]:
    """Letters before their case: ``allowWlan`` comes before ``allowWLAN``, and both before ``allowZoom``."""
    return key.lower(), key.swapcase()
