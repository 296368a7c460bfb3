"""Nobody's body is read before it is known that they may send one."""

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from exam_engine.accounts.access import Requirement
from exam_engine.core.errors import DomainError
from exam_engine.core.problems import problem_response


class AdmissionBeforeBody:
    """ASGI layer around the routes that asks a route's requirement as soon as the route wants to read the body.

    Routes read bodies before their dependencies are solved: without this, whoever is refused anyway could let the
    server take in an upload first, and a body that cannot be read would be answered in place of a refusal.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_asked = False
        refusal: DomainError | None = None

        async def admitted_receive() -> Message:
            nonlocal is_asked, refusal
            if not is_asked:
                is_asked = True
                try:
                    for requirement in _requirements(scope):
                        await requirement(Request(scope))
                except DomainError as error:
                    refusal = error
                    raise
            return await receive()

        async def send_unless_refused(message: Message) -> None:
            # The route tells of a body that it could not read; that it may not is the answer.
            if refusal is None:
                await send(message)

        await self.app(scope, admitted_receive, send_unless_refused)
        if refusal is not None:
            await problem_response(Request(scope), refusal)(scope, receive, send)


def _requirements(scope: Scope) -> list[Requirement]:
    dependencies = getattr(scope.get("route"), "dependencies", ())
    return [one.dependency for one in dependencies if isinstance(one.dependency, Requirement)]
