"""Wire types of printed forms."""

from pydantic import BaseModel, ConfigDict, Field

from item_bank.exchange.exporting.schemas import PaperHeadingBody

MOST_VARIANTS = 24


class FormPaperRequest(BaseModel):
    """A published form to print.

    ``variant`` 0 is the form in its own order; each number from 1 on is an order of its own of questions and options,
    always the same one, with a key table of its own.
    """

    model_config = ConfigDict(extra="forbid")

    variant: int = Field(default=0, ge=0, le=MOST_VARIANTS)
    has_answers: bool = Field(default=False, description="With the key table and explanations; needs item_key.read.")
    heading: PaperHeadingBody = PaperHeadingBody()
