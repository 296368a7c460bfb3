"""What certificates refuse."""

from exam_engine.core.errors import DomainError, InvalidInputError


class CertificateDataError(InvalidInputError):
    """Some candidate's data cannot be printed; nothing was issued."""

    code = "certificate_data_invalid"


class IssueDateError(InvalidInputError):
    """The issue date lies before the decision or in the future."""

    code = "issue_date_invalid"


class NothingToIssueError(DomainError):
    """Every candidate who passed already has a certificate, or nobody passed."""

    code = "nothing_to_issue"


class AdvancedNotIssuableError(DomainError):
    """One passed module is not an advanced certificate.

    It takes a valid basic certificate and three different advanced modules (TTLT 17/2016, article 16). Until rounds
    are added up over modules, issuing per sitting would certify what nobody has shown.
    """

    status = 409
    code = "advanced_not_issuable"


class ResultsNotApprovedError(DomainError):
    """The sitting has no approved results."""

    code = "results_not_approved"


class NoAuthorityError(DomainError):
    """No issuing authority is in force on the issue date."""

    code = "no_issuing_authority"


class AuthorityOverlapError(DomainError):
    """Another authority is in force at the same time; who signs would be a matter of chance."""

    code = "issuing_authority_overlap"


class BoardCodeError(InvalidInputError):
    """The board code is the one that marks specimens."""

    code = "board_code_reserved"


class RegisterTemplateError(InvalidInputError):
    """The template of register numbers would give the same number twice."""

    code = "register_template_invalid"


class BlankShortageError(DomainError):
    """Fewer blanks are at hand than certificates are to be issued."""

    code = "blank_shortage"


class BlankRangeOverlapError(DomainError):
    """Some number of the range is already in the ledger."""

    code = "blank_range_overlap"


class BlankNotAvailableError(DomainError):
    """The blank is not in the ledger, or was already used, spoiled or lost."""

    code = "blank_not_available"


class CertificateNotValidError(DomainError):
    """The certificate is no longer valid, so it cannot be revoked or replaced again."""

    code = "certificate_not_valid"


class DecisionDateError(InvalidInputError):
    """The decision is dated before the certificate or in the future."""

    code = "decision_date_invalid"


class CertificateFileError(DomainError):
    """The file was lost and cannot be rebuilt as it was; the original must come from the backup."""

    code = "certificate_file_changed"


class SigningKeyError(DomainError):
    """The private key is not in the data directory."""

    status = 503
    code = "signing_key_missing"


class UnknownSigningKeyError(DomainError):
    """No such key."""

    status = 404
    code = "signing_key_unknown"


class TooManyLookupsError(DomainError):
    """One address asks for too many certificates."""

    status = 429
    code = "too_many_lookups"


class BlankRangeSizeError(InvalidInputError):
    """The range of blanks is empty, backwards or larger than any delivery."""

    code = "blank_range_empty"


class UnknownSortError(InvalidInputError):
    """The register cannot be sorted by that field."""

    code = "unknown_certificate_sort"
