"""What delivery keeps in memory while the server runs: the journal writer, the keys, cached papers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI, Request

from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.core.security import read_or_create_key
from exam_engine.delivery.handing_in import HandIns
from exam_engine.delivery.postgresql_store import PostgresqlJournalStore
from exam_engine.delivery.progress_hints import ProgressHints
from exam_engine.delivery.receipts import ReceiptSigner
from exam_engine.delivery.sqlite_store import SqliteJournalStore
from exam_engine.delivery.starting import Starter
from exam_engine.delivery.upload_writer import UploadWriter
from exam_engine.delivery.writer import JournalStore, JournalWriter
from exam_engine.sitting_log.roots import RootSigner


@dataclass(frozen=True, slots=True)
class DeliveryEngine:
    """What saves, starts and hands in for many together, with the keys of this installation."""

    writer: JournalWriter
    starter: Starter
    hand_ins: HandIns
    uploads: UploadWriter
    signer: ReceiptSigner
    master_key: bytes


def journal_store(database: Database) -> JournalStore:
    """Return the journal's own way to the database."""
    if database.is_sqlite:
        return SqliteJournalStore(Path(database.url.database or ""))
    return PostgresqlJournalStore(database.url.set(drivername="postgresql").render_as_string(hide_password=False))


def master_key(settings: Settings) -> bytes:
    """Return the key that wraps the keys of sealed papers."""
    return read_or_create_key(settings.data_dir / "keys" / "papers.key")


def receipt_signer(settings: Settings) -> ReceiptSigner:
    """Return the signer of receipts."""
    return ReceiptSigner(signing_seed(settings))


def root_signer(settings: Settings) -> RootSigner:
    """Return the signer of sitting logs: the key of receipts, so that one printed key checks both."""
    return RootSigner(signing_seed(settings))


def signing_seed(settings: Settings) -> bytes:
    """Return the secret of the Ed25519 key that signs; the first line of a signed text keeps its uses apart."""
    return read_or_create_key(settings.data_dir / "keys" / "receipts.key")


@asynccontextmanager
async def delivery_engine(app: FastAPI) -> AsyncIterator[None]:
    """Keep the engine ready while the application runs; at the end everything accepted is written first."""
    settings: Settings = app.state.settings
    progress = ProgressHints(app.state.bus)
    writer = JournalWriter(journal_store(app.state.database), on_stored=progress.note)
    key = master_key(settings)
    database: Database = app.state.database
    starter, hand_ins, uploads = Starter(database, key), HandIns(database), UploadWriter(database)
    async with writer.running(), starter.running(), hand_ins.running(), uploads.running():
        app.state.delivery = DeliveryEngine(writer, starter, hand_ins, uploads, receipt_signer(settings), key)
        yield


def engine_of(request: Request) -> DeliveryEngine:
    """Return the application's delivery engine."""
    engine: DeliveryEngine = request.app.state.delivery
    return engine
