"""Settings come from EXAM_* variables; what is misspelt or out of range does not pass in silence."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from exam_engine.core.config import DEFAULT_PACKAGES, Settings, unknown_variables


def test_without_variables_everything_runs_on_one_pc(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings()
    assert settings.is_sqlite
    assert not settings.is_secure
    assert settings.packages == DEFAULT_PACKAGES
    assert settings.trusted_proxies == ()


@pytest.mark.parametrize(
    ("text", "packages"),
    [
        ("exam_engine", ("exam_engine",)),
        ("exam_engine,item_bank", ("exam_engine", "item_bank")),
        (" exam_engine , item_bank ,", ("exam_engine", "item_bank")),
    ],
)
def test_lists_are_separated_by_commas(text: str, packages: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXAM_PACKAGES", text)
    monkeypatch.setenv("EXAM_TRUSTED_PROXIES", "10.0.0.1, 10.0.0.2")
    settings = Settings()
    assert settings.packages == packages
    assert settings.trusted_proxies == ("10.0.0.1", "10.0.0.2")


def test_spans_of_time_are_iso_durations_or_clock_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXAM_STAFF_SESSION", "PT8H")
    monkeypatch.setenv("EXAM_LOGIN_WINDOW", "0:01:30")
    assert (Settings().staff_session, Settings().login_window) == (timedelta(hours=8), timedelta(seconds=90))


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("LOGIN_ATTEMPTS", "1", "0"),
        ("MAX_UPLOAD_BYTES", "1024", "1023"),
        ("JOB_PROCESSES", "1", "0"),
        ("LOG_FORMAT", "text", "xml"),
    ],
)
def test_values_have_bounds(name: str, good: str, bad: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"EXAM_{name}", good)
    Settings()
    monkeypatch.setenv(f"EXAM_{name}", bad)
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert [error["loc"] for error in refused.value.errors()] == [(name.lower(),)]


def test_a_setting_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValidationError, match="databse_url"):
        Settings(databse_url="sqlite:///x")  # type: ignore[call-arg]  # the misspelling is the test


def test_a_misspelt_variable_is_named_with_what_was_meant() -> None:
    names = ["EXAM_DATABSE_URL", "EXAM_DATABASE_URL", "exam_data_dir", "EXAMPLE", "PATH", "EXAM_TEST_DATABASE_URL"]
    assert unknown_variables(names) == {"EXAM_DATABSE_URL": "EXAM_DATABASE_URL"}
    assert unknown_variables(["EXAM_ZZZZZZZZ"]) == {"EXAM_ZZZZZZZZ": None}


@pytest.mark.parametrize(("url", "is_secure"), [("https://thi.example.vn", True), ("http://10.0.0.5:8000", False)])
def test_cookies_are_for_tls_only_where_browsers_come_over_tls(url: str, is_secure: bool) -> None:
    assert Settings(public_url=url).is_secure is is_secure
