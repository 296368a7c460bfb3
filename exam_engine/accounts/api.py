"""Routes of login sessions and users."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from fastapi import APIRouter, Request, Response

from exam_engine.accounts import service
from exam_engine.accounts.access import PUBLIC, SESSION_COOKIE, ActorDep, client_address, find_login, requires
from exam_engine.accounts.errors import WrongCredentialsError
from exam_engine.accounts.login_cache import LoginCache
from exam_engine.accounts.login_gate import LoginGate
from exam_engine.accounts.models import LoginSession
from exam_engine.accounts.permissions import Permission, Role
from exam_engine.accounts.schemas import (
    ActorView,
    Credentials,
    NewUser,
    PasswordChange,
    ProctorList,
    ProctorView,
    SessionView,
    UserChange,
    UserList,
    UserView,
)
from exam_engine.core.actor import Actor
from exam_engine.core.config import Settings
from exam_engine.core.db import ReadSessionDep, SessionDep, database_of
from exam_engine.core.time import utc_now

router = APIRouter(prefix="/api", tags=["accounts"])


def session_view(actor: Actor, login_session: LoginSession) -> SessionView:
    """Return a login session as the browser sees it."""
    return SessionView(
        actor=ActorView(
            id=actor.id,
            kind=actor.kind,
            display_name=actor.display_name,
            roles=sorted(actor.roles),
            permissions=sorted(actor.permissions),
        ),
        csrf_token=login_session.csrf_token,
        expires_at=login_session.expires_at,
        server_time=utc_now(),
    )


def set_session_cookie(response: Response, settings: Settings, opened: service.OpenedSession) -> None:
    """Put the session token where scripts cannot read it and other sites cannot send it."""
    lifetime = opened.login_session.expires_at - opened.login_session.created_at
    response.set_cookie(
        SESSION_COOKIE,
        opened.token,
        max_age=int(lifetime.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=settings.is_secure,
        path="/",
    )


@asynccontextmanager
async def counted_login(request: Request, subject: str) -> AsyncIterator[None]:
    """Hold one attempt to log in to the rate limit, by the name tried and by the address it comes from.

    Raises
    ------
    TooManyAttemptsError
        Before the block is entered.
    """
    settings: Settings = request.app.state.settings
    gate: LoginGate = request.app.state.login_gate
    limit = service.LoginLimit(settings.login_attempts, settings.login_window)
    database, now = database_of(request), utc_now()
    subjects = [subject[:160], f"address:{client_address(request)}"]
    async with gate.pass_through(subject):
        async with database.read() as session:
            await service.check_login_limit(session, subjects=subjects, limit=limit, now=now)
        try:
            yield
        except WrongCredentialsError:
            # In a transaction of its own: the refused login is rolled back, the count must stay.
            async with database.write() as session:
                await service.note_login_failure(session, subjects=subjects, limit=limit, now=now)
            raise


@router.get("/session", dependencies=[PUBLIC])
async def read_session(request: Request) -> SessionView:
    """Who is logged in with this browser; ``actor`` is null when nobody is."""
    login = await find_login(request)
    if login is None:
        return SessionView(actor=None, csrf_token=None, expires_at=None, server_time=utc_now())
    return session_view(*login)


@router.post("/session", dependencies=[PUBLIC])
async def log_in(body: Credentials, request: Request, response: Response) -> SessionView:
    """Log in a member of staff; sets the session cookie."""
    settings: Settings = request.app.state.settings
    database = database_of(request)
    async with counted_login(request, f"user:{body.username.strip().lower()}"):
        async with database.read() as session:
            user = await service.authenticate(session, username=body.username, password=body.password)
        async with database.write() as session:
            opened = await service.open_staff_session(
                session, user_id=user.id, lifetime=settings.staff_session, now=utc_now()
            )
    set_session_cookie(response, settings, opened)
    return session_view(opened.actor, opened.login_session)


@router.delete("/session", status_code=204, dependencies=[PUBLIC])
async def log_out(request: Request, response: Response, session: SessionDep) -> None:
    """Log out; harmless when nobody is logged in."""
    login = await find_login(request)
    if login is not None:
        await service.log_out(session, login_session_id=login[1].id, now=utc_now())
        cache: LoginCache = request.app.state.login_cache
        cache.forget(login[1].token_digest)
    response.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="strict")


@router.post("/account/password", status_code=204, dependencies=[requires(Permission.OWN_ACCOUNT)])
async def change_own_password(body: PasswordChange, actor: ActorDep, session: SessionDep) -> None:
    """Set one's own password; other devices are logged out."""
    await service.change_own_password(
        session,
        current_password=body.current_password,
        new_password=body.new_password,
        actor=actor,
        now=utc_now(),
    )


@router.get("/users", dependencies=[requires(Permission.USER_MANAGE)])
async def list_users(session: ReadSessionDep) -> UserList:
    """All members of staff."""
    users = await service.list_users(session)
    return UserList(items=[UserView.model_validate(user) for user in users], total=len(users))


@router.get("/proctors", dependencies=[requires(Permission.SITTING_WRITE)])
async def list_proctors(session: ReadSessionDep) -> ProctorList:
    """Active members of staff who may invigilate, for assigning them to rooms."""
    users = await service.list_users(session)
    proctors = [
        ProctorView(id=user.id, display_name=user.display_name)
        for user in users
        if user.is_active and Role.PROCTOR in user.roles
    ]
    return ProctorList(items=proctors, total=len(proctors))


@router.post("/users", status_code=201, dependencies=[requires(Permission.USER_MANAGE)])
async def create_user(body: NewUser, actor: ActorDep, session: SessionDep) -> UserView:
    """Create a member of staff."""
    user = await service.create_user(
        session,
        username=body.username,
        display_name=body.display_name,
        password=body.password,
        roles=body.roles,
        actor=actor,
        now=utc_now(),
    )
    return UserView.model_validate(user)


@router.patch("/users/{user_id}", dependencies=[requires(Permission.USER_MANAGE)])
async def change_user(user_id: UUID, body: UserChange, actor: ActorDep, session: SessionDep) -> UserView:
    """Change name, roles, activity or password of a member of staff."""
    user = await service.change_user(
        session,
        user_id=user_id,
        display_name=body.display_name,
        roles=body.roles,
        is_active=body.is_active,
        password=body.password,
        actor=actor,
        now=utc_now(),
    )
    return UserView.model_validate(user)
