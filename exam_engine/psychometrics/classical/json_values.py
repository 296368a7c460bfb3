"""Results as JSON values: arrays become lists and numbers that JSON does not have become null."""

from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np


def json_value(value: Any) -> Any:
    """Return the value as what ``json.dumps`` writes; a dataclass becomes an object of its fields, NaN and ±∞ null."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: json_value(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, np.ndarray | np.generic):
        return json_value(value.tolist())
    if isinstance(value, dict):
        return {str(key): json_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_value(item) for item in value]
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
