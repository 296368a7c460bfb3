"""What is refused about browsers, and about the files that set them up."""

from exam_engine.core.errors import DomainError, InvalidInputError
from exam_engine.lockdown.seb.sent_hashes import Verdict


class BrowserRefusedError(DomainError):
    """The sitting asks for another browser than the one that calls; each reason has a code of its own."""

    status = 403
    code = "browser_refused"


class BrowserNotUsedError(BrowserRefusedError):
    """An ordinary browser."""

    code = "browser_not_used"


class BrowserNoKeysError(BrowserRefusedError):
    """Safe Exam Browser, but with settings that let it send no keys."""

    code = "browser_no_keys"


class BrowserOtherSettingsError(BrowserRefusedError):
    """Safe Exam Browser with a file that is not this sitting's, or no longer."""

    code = "browser_other_settings"


class BrowserOtherVersionError(BrowserRefusedError):
    """Safe Exam Browser with the right file, but of a version that the board does not take."""

    code = "browser_other_version"


_REFUSALS: dict[Verdict, type[BrowserRefusedError]] = {
    Verdict.NOT_USED: BrowserNotUsedError,
    Verdict.NO_KEYS: BrowserNoKeysError,
    Verdict.OTHER_SETTINGS: BrowserOtherSettingsError,
    Verdict.OTHER_VERSION: BrowserOtherVersionError,
}


def refusal_of(verdict: Verdict) -> BrowserRefusedError:
    """Return the error of a browser that does not fit."""
    return _REFUSALS[verdict](verdict=verdict.value)


class SebNotRequiredError(DomainError):
    """The sitting takes any browser: there is no file and no key."""

    code = "seb_not_required"


class SebFileRefusedError(InvalidInputError):
    """A file of Safe Exam Browser cannot be read; the fault says why."""

    code = "seb_file_refused"
