"""What Safe Exam Browser sends with a request, and whether it fits the keys of a sitting.

A browser hashes the address, without the part after ``#``, together with each of its keys; the keys themselves are
never sent. The Config Key stands for the settings, the Browser Exam Key for settings and an untouched program.
"""

import hashlib
import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """Whether a browser is the one a sitting asks for, and if not, why."""

    FITS = "fits"
    NOT_USED = "not_used"
    NO_KEYS = "no_keys"
    OTHER_SETTINGS = "other_settings"
    OTHER_VERSION = "other_version"


@dataclass(frozen=True, slots=True)
class SentHashes:
    """The hashes of one address, as the browser sees it; empty when it sent none."""

    url: str
    config_key_hash: str = ""
    exam_key_hash: str = ""


@dataclass(frozen=True, slots=True)
class Presented:
    """What a browser shows of itself: its hashes, and whether it calls itself Safe Exam Browser."""

    hashes: tuple[SentHashes, ...] = ()
    is_named_seb: bool = False


NOTHING = Presented()


@dataclass(frozen=True, slots=True)
class AcceptedKeys:
    """The keys that a sitting takes: settings alone are enough only when it says so."""

    config_key: str
    exam_keys: tuple[str, ...] = ()
    accepts_config_key: bool = True


def key_hash(url: str, key: str) -> str:
    """Return the hash that a browser with that key sends for an address."""
    return hashlib.sha256((url.partition("#")[0] + key).encode()).hexdigest()


def judge(presented: Presented, accepted: AcceptedKeys) -> Verdict:
    """Return whether a browser fits."""
    sent = [one for one in presented.hashes if one.config_key_hash or one.exam_key_hash]
    if not sent:
        return Verdict.NO_KEYS if presented.is_named_seb else Verdict.NOT_USED
    if any(_is_any(one.exam_key_hash, one.url, accepted.exam_keys) for one in sent):
        return Verdict.FITS
    if _has_settings(sent, accepted.config_key):
        return Verdict.FITS if accepted.accepts_config_key else Verdict.OTHER_VERSION
    return Verdict.OTHER_SETTINGS


def _has_settings(sent: Sequence[SentHashes], config_key: str) -> bool:
    return any(_is_any(one.config_key_hash, one.url, (config_key,)) for one in sent)


def _is_any(given: str, url: str, keys: Collection[str]) -> bool:
    # All are compared, each in constant time: the time tells neither which key nor how much of it fits.
    found = [hmac.compare_digest(given.lower().encode(), key_hash(url, key).encode()) for key in keys]
    return any(found)
