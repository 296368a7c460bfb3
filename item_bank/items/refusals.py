"""Refusals of acts on many items, in the words of whoever asked."""

from collections.abc import Iterable

from exam_engine.core.i18n import Catalogue, Language
from item_bank.items.deciding import Refusal
from item_bank.items.schemas import RefusalView


def refusal_views(refusals: Iterable[Refusal], catalogue: Catalogue, language: Language) -> list[RefusalView]:
    """Return refusals with their reasons as texts."""
    return [
        RefusalView(
            code=refusal.code,
            reason_code=refusal.reason_code,
            reason=catalogue.text(
                refusal.reason_code,
                language,
                {"code": refusal.code, "status": catalogue.find(f"item_status.{refusal.status}", language, {}) or ""},
            ),
        )
        for refusal in refusals
    ]
