"""A syllabus and a blueprint small enough to add up by hand."""

from datetime import date
from typing import Any

from exam_engine.core.i18n import Catalogue, Language
from item_bank.blueprints.printing.content import Printer
from item_bank.blueprints.printing.matrix import Matrix, blueprint_matrix
from item_bank.blueprints.printing.tables import PrintedDocument
from item_bank.blueprints.statement import BlueprintStatement
from item_bank.syllabus.models import Framework, SyllabusModule, SyllabusSection
from item_bank.syllabus.service import Syllabus

CATALOGUE = Catalogue(["exam_engine", "item_bank"])
NO_FORMULA = "=1+1"
"""The name of a module that a careless spreadsheet would compute."""


def _part(code: str, name: str) -> SyllabusSection:
    above = code.rpartition(".")[0]
    is_section = code.count(".") == 1
    return SyllabusSection(
        code=code,
        module_code=code.partition(".")[0],
        parent_code=None if is_section else above,
        depth=code.count("."),
        name=name,
        source="board",
        position=1,
    )


def syllabus() -> Syllabus:
    """Return three modules; only the first is divided."""
    framework = Framework(code="K", name="K", name_en="K", legal_basis="", valid_from=date(2020, 1, 1))
    names = {"IU01": "Hiểu biết chung", "IU02": NO_FORMULA, "IU03": "Văn bản"}
    modules = {
        code: SyllabusModule(code=code, framework_code="K", name=name, name_en=name, position=at)
        for at, (code, name) in enumerate(names.items())
    }
    parts = [
        _part("IU01.1", "Máy tính"),
        _part("IU01.1.1", "Nêu được các bộ phận của máy tính"),
        _part("IU01.2", "Mạng"),
    ]
    return Syllabus({"K": framework}, modules, {part.code: part for part in parts})


def statement(**changes: Any) -> BlueprintStatement:
    """Return ten questions: five or six of IU01, four or five of IU02."""
    cells = [("IU01", "NB", 3, 4), ("IU01", "VD", 2, 2), ("IU02", "NB", 1, 2), ("IU02", "TH", 3, 3)]
    names = ("module_code", "cognitive_level", "minimum", "maximum")
    body = {
        "name": "Cơ bản",
        "form_length": 10,
        "duration_minutes": 15,
        "cut_theta": 0.0,
        "cells": [dict(zip(names, cell, strict=True)) for cell in cells],
        "seconds_per_item": {"NB": 60, "TH": 120, "VD": 90, "VDC": 110},
    }
    return BlueprintStatement.model_validate(body | changes)


def printer(matrix: Matrix | None = None, language: Language = "vi", **changes: Any) -> Printer:
    """Return what puts a matrix into tables."""
    known = syllabus()
    return Printer(matrix or blueprint_matrix(statement(**changes), known), known, CATALOGUE, language)


def document(made: Printer) -> PrintedDocument:
    """Return both tables as they are printed."""
    return PrintedDocument(
        agency="SỞ THÔNG TIN",
        school="HỘI ĐỒNG THI",
        title="Ma trận",
        lines=["Cơ bản"],
        tables=[made.matrix_table(), made.specification_table()],
        signatures=[("NGƯỜI LẬP", "(Ký)"), ("NGƯỜI DUYỆT", "(Ký)")],
        page_label="Trang {page}/{pages}",
    )
