"""Settings of one installation, read from EXAM_* environment variables."""

from collections.abc import Iterable
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "EXAM_"
# The test suite's own variables are no settings of an installation.
_TEST_PREFIX = f"{PREFIX}TEST_"
DEFAULT_PACKAGES: tuple[str, ...] = ("exam_engine", "item_bank", "certificates")


class Settings(BaseSettings):
    """Everything an installation may choose; each field has a default that runs on one PC.

    ``database_url`` takes ``sqlite:///path`` or ``postgresql://user:password@host/name``.
    ``packages`` lists what this server loads: a server at a test site may run ``exam_engine`` alone and then holds
    no item bank at all.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid")

    database_url: str = Field(default="sqlite:///var/exam.db", description="Where the data lives.")
    data_dir: Path = Field(default=Path("var"), description="Folder for keys, sealed papers and certificates.")
    packages: Annotated[tuple[str, ...], NoDecode] = Field(
        default=DEFAULT_PACKAGES, description="Packages to load, separated by commas."
    )
    public_url: str = Field(
        default="http://127.0.0.1:8000", description="Address under which browsers and QR codes reach this server."
    )
    staff_session: timedelta = Field(default=timedelta(hours=10), description="Longest login session of staff.")
    candidate_session: timedelta = Field(
        default=timedelta(hours=24), description="Longest login session of a candidate."
    )
    login_attempts: int = Field(
        default=5, ge=1, description="Failed logins allowed per name and address in the window."
    )
    login_window: timedelta = Field(default=timedelta(minutes=5), description="Window of the login rate limit.")
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Addresses of reverse proxies whose X-Forwarded-For is believed."
    )
    max_upload_bytes: int = Field(default=10 * 1024 * 1024, ge=1024, description="Largest accepted upload.")
    max_picture_bytes: int = Field(
        default=10 * 1024 * 1024, ge=1024, description="Largest file of a picture, in bytes, as it is uploaded."
    )
    max_picture_pixels: int = Field(
        default=40_000_000, ge=10_000, le=80_000_000, description="Largest width times height of an uploaded picture."
    )
    max_sound_bytes: int = Field(
        default=20 * 1024 * 1024, ge=1024, description="Largest sound file, in bytes, as it is uploaded."
    )
    max_sound_length: timedelta = Field(
        default=timedelta(minutes=15), ge=timedelta(seconds=1), description="Longest sound that an item may play."
    )
    max_attachment_bytes: int = Field(
        default=25 * 1024 * 1024, ge=1024, description="Largest starting file of a practical task, in bytes."
    )
    job_processes: int = Field(default=1, ge=1, description="Processes for calibration, assembly and rendering.")
    log_format: str = Field(default="json", pattern="^(json|text)$", description="Form of the log lines: json or text.")
    bus_url: str = Field(
        default="",
        pattern=r"^((rediss?|unix)://.+)?$",
        description="Redis or Valkey that carries news between server processes, as redis://host:6379/0; when empty, "
        "PostgreSQL carries it, and with SQLite it stays in the one process.",
    )
    stream_heartbeat: timedelta = Field(
        default=timedelta(seconds=15),
        ge=timedelta(milliseconds=100),
        le=timedelta(minutes=2),
        description="How often an event stream shows that it lives and reads again what it shows.",
    )
    metrics_token: str = Field(
        default="", description="When set, /metrics asks for it as a bearer token; else only loopback may read it."
    )

    @field_validator("packages", "trusted_proxies", mode="before")
    @classmethod
    def _split_commas(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @property
    def is_sqlite(self) -> bool:
        """Whether the embedded database is used."""
        return self.database_url.startswith("sqlite")

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach this server over TLS, so that cookies may carry ``Secure``."""
        return self.public_url.startswith("https://")


def unknown_variables(names: Iterable[str]) -> dict[str, str | None]:
    """Return the variables that look like settings but are none, each with the setting it was probably meant to be.

    A misspelt name would otherwise leave the default in force without a word.
    """
    settings = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]
    looks_like_one = (name for name in names if name.upper().startswith(PREFIX))
    return {
        name: next(iter(get_close_matches(name.upper(), settings, n=1)), None)
        for name in sorted(looks_like_one)
        if name.upper() not in settings and not name.upper().startswith(_TEST_PREFIX)
    }
