"""What blueprints refuse."""

from exam_engine.core.errors import DomainError, InvalidInputError, NotFoundError


class BlueprintNotFoundError(NotFoundError):
    """No blueprint has that identity."""

    code = "blueprint_not_found"


class InvalidBlueprintError(InvalidInputError):
    """Cells and length contradict each other, or a cell names what does not exist."""

    code = "invalid_blueprint"


class BlueprintNameTakenError(DomainError):
    """Another blueprint has that name."""

    status = 409
    code = "blueprint_name_taken"
