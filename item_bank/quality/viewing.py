"""Findings in the reader's language."""

from exam_engine.core.i18n import Catalogue, Language
from item_bank.quality.linting import RULES, Finding
from item_bank.quality.schemas import FindingView

_SOURCES = {rule.code: rule.source for rule in RULES}


def finding_view(finding: Finding, catalogue: Catalogue, language: Language) -> FindingView:
    """Return a finding with its texts and the source of its rule."""
    return FindingView(
        rule=finding.rule,
        severity=finding.severity,
        place=finding.place,
        message=catalogue.text(finding.rule, language, finding.params),
        fix=catalogue.text(finding.fix_code, language, finding.params),
        source=_SOURCES[finding.rule],
    )
