"""Routes that are asked so often that they go past what all others go through."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from re import Match, Pattern

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

from exam_engine.core.errors import DomainError
from exam_engine.core.problems import problem_response


@dataclass(frozen=True)
class DirectRoute:
    """A route that is found before all others and answered without parameters, dependencies or compression.

    The same route is declared in a router too, which documents it.

    Attributes
    ----------
    path : as routers spell it; ``{attempt_id:uuid}`` leaves anything else than a UUID to the router.
    requirement : refuses a request before anything else of it is looked at.
    answer : gets the request with its ``path_params``.
    """

    method: str
    path: str
    requirement: Callable[[Request], Awaitable[None]]
    answer: Callable[[Request], Awaitable[Response]]

    @cached_property
    def pattern(self) -> Pattern[str]:
        """What paths match."""
        return compile_path(self.path)[0]

    def match(self, scope: Scope) -> Match[str] | None:
        """Return how a request fits, None when it is not for this route."""
        return self.pattern.match(scope["path"]) if scope["method"] == self.method else None


class DirectRoutes:
    """ASGI layer that answers the direct routes and passes everything else on."""

    def __init__(self, app: ASGIApp, *, routes: Sequence[DirectRoute]) -> None:
        self.app = app
        self.routes = tuple(routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http":
            for route in self.routes:
                if (found := route.match(scope)) is not None:
                    # The frame around all routes counts requests by the path of their route.
                    scope["route"], scope["path_params"] = route, found.groupdict()
                    await self._answer(route, Request(scope, receive), send)
                    return
        await self.app(scope, receive, send)

    async def _answer(self, route: DirectRoute, request: Request, send: Send) -> None:
        try:
            await route.requirement(request)
            response = await route.answer(request)
        except DomainError as error:
            response = problem_response(request, error)
        await response(request.scope, request.receive, send)
