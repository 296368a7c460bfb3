"""The papers of the project say what the code does, and their links lead somewhere."""

import importlib.util
import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main

from docs import generate
from exam_engine.app import create_app
from exam_engine.cli import app as command_line
from exam_engine.core.config import Settings
from exam_engine.core.metrics import REGISTRY
from exam_engine.delivery.journal import Kind, Refusal

ROOT = Path(__file__).resolve().parents[2]
GENERATED_OR_INSTALLED = {
    ".git", ".venv", ".venv-peers", "var", "node_modules", "static", "__pycache__", ".mypy_cache", ".ruff_cache",
    ".pytest_cache", ".hypothesis", ".import_linter_cache", "dist",
}  # fmt: skip
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def project_files() -> Iterator[Path]:
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in GENERATED_OR_INSTALLED]
        yield from (Path(folder) / name for name in names)


def papers() -> list[Path]:
    return sorted(file for file in project_files() if file.suffix == ".md")


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def command_names() -> set[str]:
    """The names of all commands, and of the groups that some of them are in."""
    names = {name for name, _ in generate.commands(typer.main.get_command(command_line))}
    return names | {name.split()[0] for name in names}


def anchors(page: Path) -> set[str]:
    """The anchors that a forge gives to the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    plain = [re.sub(r"[^\w\s-]", "", heading.lower()) for heading in headings]
    return {heading.strip().replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("name", sorted(generate.PAGES))
def test_a_generated_page_is_what_the_program_says(name: str) -> None:
    written, said = text_of(f"docs/{name}"), generate.PAGES[name]()
    assert written == said, f"docs/{name} is out of date: run .venv/bin/python -m docs.generate"


def test_generated_pages_hold_every_setting_command_code_and_table() -> None:
    """Held against the program by another way than the one that wrote them."""
    assert all(f"exam-engine {name}" in text_of("docs/commands.md") for name in command_names())
    assert {"site pull", "site push", "verify-sitting"} <= command_names()
    assert all(f"`EXAM_{name.upper()}`" in text_of("docs/settings.md") for name in Settings.model_fields)
    tables = set(re.findall(r"^### (\w+)$", text_of("docs/schema.md"), flags=re.MULTILINE))
    assert {"journal_entry", "audit_entry", "form_key", "certificate", "item_version"} <= tables
    codes = set(re.findall(r"^\| `([\w.]+)` \|", text_of("docs/errors.md"), flags=re.MULTILINE))
    assert {"seat_fenced", "second_person_needed", "blank_shortage", "invalid_value.missing"} <= codes


@pytest.mark.parametrize("paper", papers(), ids=lambda paper: str(paper.relative_to(ROOT)))
def test_links_lead_somewhere(paper: Path) -> None:
    broken = []
    for target in LINK.findall(paper.read_text(encoding="utf-8")):
        address, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", address):
            continue
        file = (paper.parent / address).resolve() if address else paper
        is_whole = file.exists() and (not anchor or anchor in anchors(file))
        if not is_whole or not file.is_relative_to(ROOT):
            broken.append(target)
    assert broken == []


def test_every_page_can_be_reached_from_the_index() -> None:
    index = ROOT / "docs" / "index.md"
    reached = {(index.parent / target.partition("#")[0]).resolve() for target in LINK.findall(index.read_text("utf-8"))}
    assert set((ROOT / "docs").rglob("*.md")) - reached == {index}


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(file.name[:4]) for file in sorted((ROOT / "docs" / "adr").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("name", ["README.md", "README.vi.md", "CONTRIBUTING.md", "docs/operations.md"])
def test_commands_told_to_the_reader_exist(name: str) -> None:
    text = text_of(name)
    targets = {target for target, _ in generate.make_targets()}
    told = set(re.findall(r"(?:^|`)make ([a-z-]+)", text, flags=re.MULTILINE))
    assert told <= targets
    assert set(re.findall(r"exam-engine ([a-z-]+)", text)) <= command_names()
    modules = set(re.findall(r"python -m ([\w.]+)", text))
    assert [module for module in modules if importlib.util.find_spec(module) is None] == []


def test_both_readmes_tell_the_same_commands_and_pictures() -> None:
    def told(name: str) -> tuple[list[str], list[str]]:
        text = text_of(name).replace("MAT_KHAU", "PASSWORD")
        blocks = re.findall(r"^```\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
        commands = [line.partition("#")[0].strip() for block in blocks for line in block.splitlines()]
        return commands, re.findall(r"docs/images/[\w-]+\.png", text)

    assert told("README.md") == told("README.vi.md")


def test_the_protocol_page_tells_every_route_operation_and_refusal() -> None:
    page = text_of("docs/delivery.md")
    paths = {path for path in create_app(Settings()).openapi()["paths"] if path.startswith("/api/delivery")}
    told = {re.sub(r"\{\w+\}", "{}", path) for path in re.findall(r"`(?:GET|POST|PATCH) (/[^`]+)`", page)}
    assert {re.sub(r"\{\w+\}", "{}", path) for path in paths} <= told
    assert {kind.value for kind in Kind} | {refusal.value for refusal in Refusal} <= set(re.findall(r"`(\w+)`", page))


def test_every_metric_is_explained() -> None:
    names = {metric.name + "_total" * (metric.type == "counter") for metric in REGISTRY.collect()}
    explained = set(re.findall(r"`(exam_\w+)`", text_of("docs/operations.md")))
    assert names == explained


@pytest.mark.parametrize("paper", papers(), ids=lambda paper: str(paper.relative_to(ROOT)))
def test_papers_are_in_the_composed_form(paper: Path) -> None:
    assert unicodedata.is_normalized("NFC", paper.read_text(encoding="utf-8"))


def test_no_file_names_a_package_registry_or_a_folder_of_one_machine() -> None:
    registry = r'"resolved"\s*:|index[-]url|https?://[^\s/)"]*(?:registry|pypi|npm)'
    folder = r"(?<![\w./-])/(?:root|work|home/\w+)/"
    temporary = r"(?<![\w./-])/tmp/"
    forbidden = re.compile(f"{registry}|{folder}|{temporary}")
    found = []
    for file in project_files():
        if file == Path(__file__) or file.name == "lockfile.test.ts":
            continue
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{file.relative_to(ROOT)}: {match.group()}" for match in forbidden.finditer(text)]
    assert found == []
