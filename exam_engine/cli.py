"""The command ``exam-engine``: thin commands over the same services as the API."""

import asyncio
import gc
import getpass
import importlib
import json
import os
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
import uvicorn
from fastapi import FastAPI
from pydantic import ValidationError

from exam_engine.accounts import service as accounts
from exam_engine.accounts.permissions import STAFF_ROLES
from exam_engine.app import bring_up_to_date, create_app
from exam_engine.audit import service as audit
from exam_engine.core.actor import SYSTEM
from exam_engine.core.config import PREFIX, Settings, unknown_variables
from exam_engine.core.db import Database
from exam_engine.core.errors import DomainError
from exam_engine.core.garbage import settle_garbage
from exam_engine.core.i18n import Catalogue, Language
from exam_engine.core.local_tls import ensure_tls, lan_names
from exam_engine.core.logs import configure_logs
from exam_engine.core.time import utc_now
from exam_engine.evidence.commands import add_commands as add_evidence_commands
from exam_engine.evidence.export import export_pieces
from exam_engine.openapi import openapi_document
from exam_engine.psychometrics_cli import add_commands
from exam_engine.sites.commands import add_commands as add_site_commands
from exam_engine.sittings import service as sittings
from exam_engine.sittings.commands import add_commands as add_sitting_commands

app = typer.Typer(
    help="Online exam and IT-certification engine. Settings come from EXAM_* environment variables.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
add_commands(app)
add_evidence_commands(app)


def _settings() -> Settings:
    """Return the settings of the environment; what is wrong with them ends the command with 2."""
    faults = [
        f"{name}: no such setting" + (f"; did you mean {meant}?" if meant else "")
        for name, meant in unknown_variables(os.environ).items()
    ]
    try:
        settings = Settings()
    except ValidationError as error:
        # The value itself is not shown: it may hold a password.
        faults += [f"{PREFIX}{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()]
    else:
        if not faults:
            return settings
    typer.echo("\n".join(faults), err=True)
    raise typer.Exit(2)


add_site_commands(app, settings=_settings, bring_up_to_date=bring_up_to_date)


def application() -> FastAPI:
    """Build the application in a server process."""
    settings = _settings()
    configure_logs(settings.log_format)
    built = create_app(settings)
    gc.collect()
    settle_garbage()
    return built


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(help="Server processes; one for each core.")] = 1,
    tls: Annotated[bool, typer.Option("--tls", help="Serve over TLS with a local authority for the LAN.")] = False,
) -> None:
    """Run the server."""
    settings = _settings()
    names = lan_names()
    extra: dict[str, Any] = {}
    if tls:
        files = ensure_tls(settings.data_dir / "tls", names, now=utc_now())
        extra = {"ssl_certfile": str(files.certificate), "ssl_keyfile": str(files.key)}
        if "EXAM_PUBLIC_URL" not in os.environ:
            os.environ["EXAM_PUBLIC_URL"] = f"https://{_outside_name(names)}:{port}"
        _explain_authority(files.authority, names, port)
    uvicorn.run(
        "exam_engine.cli:application",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        loop="uvloop" if sys.platform != "win32" else "auto",
        http="httptools",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=20,
        # A browser is heard of every 15 s; else each time would need a new connection, and a new handshake with TLS.
        timeout_keep_alive=75,
        **extra,
    )


def _outside_name(names: list[str]) -> str:
    outside = [name for name in names if name not in {"localhost", "127.0.0.1"} and name[0].isdigit()]
    return outside[0] if outside else "127.0.0.1"


def _explain_authority(authority: Path, names: list[str], port: int) -> None:
    typer.echo(
        "\n".join(
            (
                "Máy trong phòng thi cần tin chứng thực cục bộ này một lần / install this local authority once:",
                f"  {authority}",
                f"  Windows:  certutil -addstore -f Root {authority.name}",
                f"  Debian:   cp {authority.name} /usr/local/share/ca-certificates/ && update-ca-certificates",
                "  Firefox:  Cài đặt → Bảo mật → Xem chứng thư → Nhập / Settings → Certificates → Import",
                "Địa chỉ / addresses: " + ", ".join(f"https://{name}:{port}" for name in names),
            )
        )
    )


@app.command()
def migrate() -> None:
    """Bring the database and its reference data to the present state; safe to run again."""
    bring_up_to_date(_settings())
    typer.echo("database and reference data are up to date")


@app.command()
def create_user(
    username: Annotated[str, typer.Argument(help="Login name.")],
    role: Annotated[list[str], typer.Option(help="Role; repeat for several: " + ", ".join(sorted(STAFF_ROLES)) + ".")],
    name: Annotated[str, typer.Option(help="Name shown to others; the login name when left out.")] = "",
    password_file: Annotated[
        Path | None, typer.Option(help="File with the password; asked for when left out.", exists=True)
    ] = None,
) -> None:
    """Create a member of staff; the first administrator is made this way."""
    settings = _settings()
    password = password_file.read_text(encoding="utf-8").strip() if password_file else getpass.getpass("Mật khẩu: ")

    async def create() -> None:
        database = Database(settings.database_url)
        try:
            async with database.write() as session:
                await accounts.create_user(
                    session,
                    username=username,
                    display_name=name or username,
                    password=password,
                    roles=list(role),
                    actor=SYSTEM,
                    now=utc_now(),
                )
        finally:
            await database.close()

    _run_or_explain(create(), settings)
    typer.echo(f"created {username}: {', '.join(sorted(role))}")


@app.command()
def verify_audit() -> None:
    """Walk the audit record; ends with 1 and names the place when an entry was changed, removed or inserted."""
    settings = _settings()

    async def verify() -> audit.ChainVerdict:
        database = Database(settings.database_url)
        try:
            async with database.read() as session:
                return await audit.verify(session)
        finally:
            await database.close()

    verdict = asyncio.run(verify())
    if not verdict.is_intact:
        typer.echo(f"broken at entry {verdict.first_broken_seq}", err=True)
        raise typer.Exit(1)
    typer.echo(f"intact, {verdict.rows} entries")


@app.command()
def export_sitting_log(
    sitting: Annotated[UUID, typer.Argument(help="Id of the sitting.")],
    file: Annotated[Path, typer.Argument(help="File to write.", metavar="FILE")],
) -> None:
    """Write a closed sitting's log with all journals into one file, which verify-sitting checks without the server."""
    settings = _settings()
    partial = file.with_name(f"{file.name}.part")

    async def export() -> None:
        database = Database(settings.database_url)
        try:
            async with database.read() as session:
                await sittings.find_sitting(session, sitting)
            with partial.open("wb") as target:
                async for piece in export_pieces(database, sitting):
                    target.write(piece)
            partial.replace(file)
        finally:
            partial.unlink(missing_ok=True)
            await database.close()

    _run_or_explain(export(), settings)
    typer.echo(f"{file}: {file.stat().st_size} bytes")


@app.command()
def rehearse(
    sitting: Annotated[UUID, typer.Option(help="Id of the sitting.")],
    speed: Annotated[float, typer.Option(min=0.1, help="How much faster than life; 1 is life.")] = 10.0,
    workers: Annotated[int, typer.Option(min=1, help="Server processes, as many as on the day.")] = 1,
    generators: Annotated[int, typer.Option(min=1, help="Processes that play the candidates.")] = 1,
    seed: Annotated[int, typer.Option(help="The same seed, the same candidates.")] = 1,
    language: Annotated[Language, typer.Option("--lang", help="Language of the words: vi or en.")] = "vi",
) -> None:
    """Rehearse a sitting on a copy of it with made-up candidates, and write a go or no-go page.

    The real sitting is only read. Ends with 0 for go, 1 for no go, 2 when the rehearsal could not be run.
    """
    settings = _settings()
    try:
        # The kit may use everything and is used by nothing here; a server can be installed without it.
        kit = importlib.import_module("load_tests.rehearsal")
    except ModuleNotFoundError as error:
        typer.echo(Catalogue(("exam_engine",)).text("command.no_load_kit", language, {"module": error.name}), err=True)
        raise typer.Exit(2) from error
    choice = kit.RehearsalChoice(speed, workers, generators, seed, language)
    with _explained(settings):
        code = kit.rehearse(settings, sitting, choice)
    raise typer.Exit(code)


@app.command()
def openapi() -> None:
    """Print the OpenAPI document."""
    document = openapi_document(create_app(_settings()))
    typer.echo(json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True))


def _run_or_explain(work: Coroutine[None, None, None], settings: Settings) -> None:
    with _explained(settings):
        asyncio.run(work)


@contextmanager
def _explained(settings: Settings) -> Iterator[None]:
    """Say why a rule refused something, and end with 1."""
    try:
        yield
    except DomainError as error:
        catalogue = Catalogue(settings.packages)
        text = catalogue.text(error.code, "vi", error.params)
        fix = catalogue.find(f"{error.code}.fix", "vi", error.params)
        typer.echo(f"{text}. {fix or ''}".strip(), err=True)
        raise typer.Exit(1) from error


add_sitting_commands(app, settings=_settings, run=_run_or_explain)


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
