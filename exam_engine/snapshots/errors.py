"""What is refused about snapshots."""

from exam_engine.core.errors import DomainError, InvalidInputError


class SnapshotsNotDecidedError(DomainError):
    """No pictures are taken in this sitting."""

    status = 409
    code = "snapshots_not_decided"


class SnapshotsBegunError(DomainError):
    """The sitting is open: candidates were told something else."""

    status = 409
    code = "snapshots_begun"


class SnapshotsErasedError(DomainError):
    """The pictures are gone."""

    status = 410
    code = "snapshots_erased"


class SnapshotTooSoonError(DomainError):
    """One of the same source came a moment ago."""

    status = 429
    code = "snapshot_too_soon"


class SnapshotOutsideSittingError(DomainError):
    """Pictures are taken only while the sitting runs, of candidates who agreed."""

    status = 409
    code = "snapshot_outside_sitting"


class SnapshotRefusedError(InvalidInputError):
    """No JPEG or WebP picture, or too large."""

    code = "snapshot_refused"


class ViewingOverError(DomainError):
    """The look at these pictures was of another person, of other pictures, or is over."""

    status = 403
    code = "snapshot_viewing_over"
