"""Which browsers fit: by the published formula, and nothing near it."""

import hashlib

import pytest

from exam_engine.lockdown.seb.sent_hashes import AcceptedKeys, Presented, SentHashes, Verdict, judge, key_hash

URL = "https://thi.example.vn/api/delivery/attempt"
CONFIG, EXAM, OTHER = "c" * 64, "e" * 64, "0" * 64


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def sent(config: str = "", exam: str = "", *, url: str = URL) -> Presented:
    return Presented((SentHashes(url, config, exam),), is_named_seb=True)


ANY_VERSION = AcceptedKeys(CONFIG)
ANY_OR_KNOWN = AcceptedKeys(CONFIG, (OTHER, EXAM))
KNOWN_ONLY = AcceptedKeys(CONFIG, (OTHER, EXAM), accepts_config_key=False)


def test_the_hash_is_of_the_address_without_its_fragment_and_the_key() -> None:
    assert key_hash(f"{URL}?a=1#b", CONFIG) == sha(f"{URL}?a=1{CONFIG}")


@pytest.mark.parametrize(
    ("presented", "accepted", "verdict"),
    [
        (sent(sha(URL + CONFIG)), ANY_VERSION, Verdict.FITS),
        (sent(sha(URL + CONFIG).upper()), ANY_VERSION, Verdict.FITS),
        (sent(sha(URL + CONFIG)), ANY_OR_KNOWN, Verdict.FITS),
        (sent(sha(URL + CONFIG)), KNOWN_ONLY, Verdict.OTHER_VERSION),
        (sent(sha(URL + CONFIG), sha(URL + CONFIG)), KNOWN_ONLY, Verdict.OTHER_VERSION),
        (sent(sha(URL + CONFIG), sha(URL + EXAM)), KNOWN_ONLY, Verdict.FITS),
        (sent("", sha(URL + EXAM)), KNOWN_ONLY, Verdict.FITS),
        (sent("", sha(URL + EXAM)), ANY_VERSION, Verdict.OTHER_SETTINGS),
        (sent(sha(URL + OTHER)), ANY_VERSION, Verdict.OTHER_SETTINGS),
        (sent(sha(f"{URL}/{CONFIG}")), ANY_VERSION, Verdict.OTHER_SETTINGS),
        (sent(CONFIG), ANY_VERSION, Verdict.OTHER_SETTINGS),
        (sent("é\x00"), ANY_VERSION, Verdict.OTHER_SETTINGS),
        (sent(), ANY_VERSION, Verdict.NO_KEYS),
        (Presented((SentHashes(URL),)), ANY_VERSION, Verdict.NOT_USED),
        (Presented(), ANY_VERSION, Verdict.NOT_USED),
    ],
)
def test_a_browser_is_judged_by_the_address_it_asked_for(
    presented: Presented, accepted: AcceptedKeys, verdict: Verdict
) -> None:
    assert judge(presented, accepted) is verdict


def test_one_fitting_address_of_several_is_enough() -> None:
    page = "https://thi.example.vn/exam"
    both = Presented((SentHashes(URL), SentHashes(page, sha(page + CONFIG))))
    assert judge(both, ANY_VERSION) is Verdict.FITS
