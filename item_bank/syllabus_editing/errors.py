"""What editing the syllabus refuses."""

from exam_engine.core.errors import DomainError, InvalidInputError, NotFoundError


class FrameworkNotFoundError(NotFoundError):
    """No framework has that code."""

    code = "framework_not_found"


class SyllabusNodeNotFoundError(NotFoundError):
    """No module or part of one has that code."""

    code = "syllabus_node_not_found"


class InvalidFrameworkError(InvalidInputError):
    """What is stated of a framework breaks a rule."""

    code = "invalid_framework"


class InvalidSyllabusNodeError(InvalidInputError):
    """What is stated of a module or part breaks a rule."""

    code = "invalid_syllabus_node"


class InvalidSyllabusOrderError(InvalidInputError):
    """An order does not name exactly what lies in the place, each once."""

    code = "invalid_syllabus_order"


class SyllabusChangedError(DomainError):
    """Somebody else has changed the same thing since it was read."""

    status = 409
    code = "syllabus_changed"


class SyllabusNodeInUseError(DomainError):
    """Something refers to a module or part, so it can be retired but not removed."""

    status = 409
    code = "syllabus_node_in_use"


class FrameworkNotEmptyError(DomainError):
    """A framework that holds modules can be given a last day but not removed."""

    status = 409
    code = "framework_not_empty"


class SyllabusFileHasErrorsError(InvalidInputError):
    """A file with errors is taken in whole or not at all."""

    code = "syllabus_file_has_errors"


class SyllabusFileChangesNothingError(DomainError):
    """The file says what the framework says already."""

    status = 409
    code = "syllabus_file_changes_nothing"
