"""What printing forms refuses."""

from exam_engine.core.errors import DomainError, NotFoundError


class FormNotFoundError(NotFoundError):
    """No published form has that identity."""

    code = "form_not_found"


class FormNotLinearError(DomainError):
    """The items of the form follow the answers, so that there is no one paper."""

    status = 409
    code = "form_not_linear"


class FormNotOfBankError(DomainError):
    """The form's items are not kept in the bank of this server, which is what a paper is printed from."""

    status = 409
    code = "form_not_of_bank"
