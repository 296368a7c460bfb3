"""Minutes are tested on a ready sitting, as delivery is."""

from tests.exam_engine.delivery.conftest import candidate_at, clients, proctor, sitting

__all__ = ["candidate_at", "clients", "proctor", "sitting"]
