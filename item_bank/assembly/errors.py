"""What assembly refuses."""

from collections.abc import Sequence
from typing import Any

from exam_engine.core.errors import DomainError, Fault, InvalidInputError, NotFoundError


class AssemblyNotFoundError(NotFoundError):
    """No assembly has that identity."""

    code = "assembly_not_found"


class AssemblyPlaceNotFoundError(NotFoundError):
    """The assembly has no such form, or the form no such place."""

    code = "assembly_place_not_found"


class InvalidAssemblyError(InvalidInputError):
    """The options name items that cannot be had, or contradict each other."""

    code = "invalid_assembly"


class InfeasibleAssemblyError(DomainError):
    """No forms can be made to the blueprint; the assembly tells the conflict."""

    status = 422
    code = "assembly_infeasible"


class AssemblyGivenUpError(DomainError):
    """The solver met its limit before it found forms."""

    status = 422
    code = "assembly_stopped"


class AssemblyNotRunningError(DomainError):
    """There is no work to give up: it has ended."""

    status = 409
    code = "assembly_not_running"


class AssemblyNotEditableError(DomainError):
    """The assembly has no forms, or they are approved or published."""

    status = 409
    code = "assembly_not_editable"


class StaleAssemblyError(DomainError):
    """Somebody changed the assembly since the page read it."""

    status = 409
    code = "assembly_stale"


class SwapRefusedError(InvalidInputError):
    """The item cannot stand in the place: it is the same, stands in the form already, is locked or cannot be used."""

    code = "assembly_swap_refused"


class SwapBreaksRequirementsError(InvalidInputError):
    """The forms would not meet the requirements in ``broken``, and nobody accepted that with a reason."""

    code = "assembly_swap_breaks"

    def __init__(self, broken: Sequence[dict[str, Any]], faults: Sequence[Fault] = ()) -> None:
        super().__init__(faults=faults)
        self.broken = tuple(broken)


class NothingToUndoError(DomainError):
    """No swap is left to take back, or to do again."""

    status = 409
    code = "assembly_nothing_to_undo"


class AssemblyNotApprovableError(DomainError):
    """The assembly has no forms that wait for approval."""

    status = 409
    code = "assembly_not_approvable"


class AssemblyNotApprovedError(DomainError):
    """The forms are not approved, or published already."""

    status = 409
    code = "assembly_not_approved"


class AssemblyNotDeletableError(DomainError):
    """The assembly is running, approved or published."""

    status = 409
    code = "assembly_not_deletable"


class AssemblyWithoutFormsError(DomainError):
    """There is nothing to report on or to compare: the assembly has no forms."""

    status = 409
    code = "assembly_without_forms"


class AssemblyItemsChangedError(DomainError):
    """Items of the forms have other versions now, or are not approved any more."""

    status = 409
    code = "assembly_items_changed"


class AssemblyNumberTakenError(DomainError):
    """Another assembly was started at the same moment."""

    status = 409
    code = "assembly_number_taken"


class UnknownAssemblySortError(InvalidInputError):
    """The list cannot be sorted by that field."""

    code = "unknown_assembly_sort"
