"""The route by which an editor shows a formula while it is typed."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from exam_engine.accounts.access import requires
from exam_engine.accounts.permissions import Permission
from exam_engine.interactions.rich_text import latex_to_mathml

router = APIRouter(prefix="/api/items", tags=["items"])


class FormulaRequest(BaseModel):
    """A formula as it was typed."""

    # Longer ones than rich text takes still come in, so that they are refused in the reader's words.
    latex: Annotated[str, Field(max_length=20_000, examples=[r"\frac{1}{2}"])]
    display: bool = Field(default=False, description="Whether it stands on a line of its own.")


class FormulaView(BaseModel):
    """A formula as it is stored and shown."""

    mathml: str = Field(description="MathML of the subset of item texts, with its LaTeX source in an annotation.")


@router.post("/formulas", dependencies=[requires(Permission.ITEM_WRITE)])
async def convert_formula(body: FormulaRequest) -> FormulaView:
    """LaTeX as MathML; nothing is stored. What cannot be read is refused with the place in the formula."""
    return FormulaView(mathml=latex_to_mathml(body.latex, display=body.display))
