"""What assembly refuses."""

from exam_engine.core.errors import DomainError, NotFoundError


class AssemblyNotFoundError(NotFoundError):
    """No assembly has that identity."""

    code = "assembly_not_found"


class InfeasibleAssemblyError(DomainError):
    """No forms can be made to the blueprint; the assembly tells the conflict."""

    status = 422
    code = "assembly_infeasible"


class AssemblyGivenUpError(DomainError):
    """The solver met its limit before it found forms."""

    status = 422
    code = "assembly_stopped"


class AssemblyNotPublishableError(DomainError):
    """The assembly has no forms, or they are published already."""

    status = 409
    code = "assembly_not_publishable"


class AssemblyItemsChangedError(DomainError):
    """Items of the forms have other versions now, or are not approved any more."""

    status = 409
    code = "assembly_items_changed"


class AssemblyNumberTakenError(DomainError):
    """Another assembly was started at the same moment."""

    status = 409
    code = "assembly_number_taken"
