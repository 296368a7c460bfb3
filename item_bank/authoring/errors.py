"""What authoring refuses."""

from exam_engine.core.errors import DomainError, InvalidInputError, NotFoundError


class UnknownReferenceError(InvalidInputError):
    """The syllabus has no such part."""

    code = "item_reference_unknown"


class CodeTakenError(DomainError):
    """Another item or stimulus has that code."""

    status = 409
    code = "item_code_taken"


class NotSupersedableError(DomainError):
    """Only an item that stands in a published form, is not retired and has no successor yet is superseded."""

    status = 409
    code = "item_not_supersedable"


class ItemRetiredError(DomainError):
    """A retired item takes no new version."""

    status = 409
    code = "item_is_retired"


class StimulusNotFoundError(NotFoundError):
    """No stimulus has that identity."""

    code = "stimulus_not_found"


class StimulusVersionConflictError(DomainError):
    """Somebody saved another version of the stimulus since it was opened."""

    status = 409
    code = "stimulus_version_conflict"


class StimulusPublishedError(DomainError):
    """Items of the stimulus stand in published forms: a new stimulus is written, this one is not edited."""

    status = 409
    code = "stimulus_is_published"
