"""What the verification says, in the words of a language."""

from datetime import datetime

from exam_engine.core.errors import Fault
from exam_engine.core.i18n import Catalogue, Language
from exam_engine.core.time import VIETNAM
from exam_engine.evidence.file_format import RootLine
from exam_engine.sitting_log.roots import fingerprint, in_groups


def fault_in_words(fault: Fault, catalogue: Catalogue, language: Language) -> str:
    """Return the text of a fault."""
    return catalogue.text(fault.code, language, fault.params)


def minutes_lines(root: RootLine, catalogue: Catalogue, language: Language) -> list[str]:
    """Return the lines about the log that the minutes of a room carry, to be compared by eye or typed in."""
    try:
        when = datetime.fromisoformat(root.closed_at).astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M:%S")
    except (ValueError, OverflowError):
        # A file may say anything.
        when = root.closed_at[:32]
    said = {"segment": root.segment, "rows": root.rows, "closed_at": when}
    return [
        catalogue.text("log_minutes.closed" if root.segment == 1 else "log_minutes.later", language, said),
        catalogue.text("log_minutes.fingerprint", language, {"fingerprint": fingerprint(root.root)}),
        catalogue.text("log_minutes.root", language, {"root": in_groups(root.root)}),
        catalogue.text("log_minutes.key", language, {"key": root.public_key}),
    ]
