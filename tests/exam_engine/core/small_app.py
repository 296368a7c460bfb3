"""A small application of one's own, framed as the real one, whose routes do what a test needs."""

from collections.abc import Mapping

from fastapi import FastAPI

from exam_engine.core.i18n import Catalogue
from exam_engine.core.problems import install_problem_handlers
from exam_engine.core.web import RequestFrame

LARGEST_BODY = 2000


def small_app(*, is_secure: bool = False, larger_bodies: Mapping[str, int] | None = None) -> FastAPI:
    """Return an application with the error handling and the request frame of the real one, and no routes."""
    app = FastAPI()
    app.state.catalogue = Catalogue(("exam_engine",))
    install_problem_handlers(app)
    app.add_middleware(RequestFrame, max_body_bytes=LARGEST_BODY, is_secure=is_secure, larger_bodies=larger_bodies)
    return app
