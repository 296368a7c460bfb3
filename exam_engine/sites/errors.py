"""What site mode refuses."""

from exam_engine.core.errors import DomainError, InvalidInputError


class CannotDelegateError(InvalidInputError):
    """Rooms cannot be handed over to a site; the faults say why."""

    status = 409
    code = "cannot_delegate"


class CodeMistypedError(InvalidInputError):
    """What was typed is no code: a letter is wrong, missing or in another place."""

    code = "site_code_mistyped"


class PullCodeUnknownError(DomainError):
    """No delegation has that pull code."""

    status = 404
    code = "pull_code_unknown"


class PullCodeUsedError(DomainError):
    """Another server has pulled with that code, or what it pulled has begun to come home."""

    code = "pull_code_used"


class PullCodeExpiredError(DomainError):
    """The pull code was valid for some time only."""

    code = "pull_code_expired"


class DelegationWithdrawnError(DomainError):
    """The board has taken the delegation back."""

    code = "delegation_withdrawn"


class DelegationHomeError(DomainError):
    """Something of it came home already: a delegation cannot be taken back any more."""

    code = "delegation_came_home"


class NotPulledError(DomainError):
    """No site has pulled yet."""

    code = "delegation_not_pulled"


class NotReleasedYetError(DomainError):
    """It is too early to release the papers."""

    status = 425
    code = "release_too_early"


class ReleaseCodeWrongError(InvalidInputError):
    """A well-formed code, of another delegation."""

    code = "release_code_wrong"


class PushOutdatedError(DomainError):
    """A later push of the same site has begun."""

    code = "push_outdated"


class RowsRefusedError(InvalidInputError):
    """Rows of a portion cannot be; nothing of it is written. The faults name the rows."""

    status = 409
    code = "site_rows_refused"


class SiteLogRefusedError(InvalidInputError):
    """What came from a site does not fit its own log; the faults name the places."""

    status = 409
    code = "site_log_refused"


class SiteStillRunsError(DomainError):
    """The site has attempts that are open, or its log is not closed yet."""

    code = "site_still_runs"


class SittingHereAlreadyError(DomainError):
    """The sitting is on this server already: it is its own, or people work in it."""

    code = "sitting_here_already"


class UsernameAtSiteError(DomainError):
    """Somebody else at the site has the login name of a proctor."""

    code = "username_at_site"


class NothingPulledError(DomainError):
    """No sitting of another server is held here, or not the one that was named."""

    status = 404
    code = "nothing_pulled"


class CentralServerError(DomainError):
    """The central server cannot be reached, or answers nothing that can be used."""

    status = 502
    code = "central_server_away"


class CentralRefusalError(DomainError):
    """The central server refused; its own words follow."""

    status = 502
    code = "central_server_refused"


class SiteNotAdmittedError(CentralRefusalError):
    """The central server no longer lets the site in."""

    code = "site_not_admitted"


class BadAddressError(InvalidInputError):
    """An address of a central server must be https, unless it is this machine's own."""

    code = "central_address_unsafe"


class PaperDamagedError(DomainError):
    """A paper that was brought along is not the one that was sealed."""

    code = "pulled_paper_damaged"


class PushFileError(InvalidInputError):
    """A file is no push of this site, or was changed."""

    code = "push_file_unusable"
