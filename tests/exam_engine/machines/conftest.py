"""A sitting that is ready, whose computers somebody checks."""

from tests.exam_engine.delivery.conftest import candidate_at, clients, make_site, proctor, sitting

__all__ = ["candidate_at", "clients", "make_site", "proctor", "sitting"]
