"""The content of a certificate page as JSON: what the register keeps to print the same page again."""

from dataclasses import asdict
from datetime import date
from typing import Any

from certificates.qr_payload import Level
from certificates.rendering.content import CertificateContent, PaperMark

_DATES = ("exam_date", "decision_date", "issued_on")


def to_snapshot(content: CertificateContent) -> dict[str, Any]:
    """Return the content with only JSON types."""
    plain = asdict(content)
    plain.update({name: plain[name].isoformat() for name in _DATES})
    plain["level"] = content.level.name.lower()
    plain["signatory_title"] = list(content.signatory_title)
    plain["marks"] = [asdict(mark) for mark in content.marks]
    return plain


def from_snapshot(snapshot: dict[str, Any]) -> CertificateContent:
    """Return the content that :func:`to_snapshot` wrote down."""
    values = dict(snapshot)
    values.update({name: date.fromisoformat(values[name]) for name in _DATES})
    values["level"] = Level[values["level"].upper()]
    values["signatory_title"] = tuple(values["signatory_title"])
    values["marks"] = tuple(PaperMark(**mark) for mark in values["marks"])
    return CertificateContent(**values)
