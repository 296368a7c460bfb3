"""Numbers below the pages of printed PDFs, which are known only when the last page has been laid out."""

from typing import Any

from reportlab.pdfgen.canvas import Canvas

from exam_engine.core.document_fonts import SERIF, drawable

_LETTER_SIZE = 10


def numbered_pages(label: str, *, height: float) -> type[Canvas]:
    """Return a canvas that writes a line in the middle below every page.

    Parameters
    ----------
    label : the line, with ``{page}`` and ``{pages}`` in it.
    height : of the line's foot over the page's edge, in points.
    """

    class NumberedPages(Canvas):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802 (the library's name)
            self._pages.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, page in enumerate(self._pages, start=1):
                self.__dict__.update(page)
                self.setFont(SERIF, _LETTER_SIZE)
                text = label.format_map({"page": number, "pages": len(self._pages)})
                self.drawCentredString(self._pagesize[0] / 2, height, drawable(text))
                Canvas.showPage(self)
            Canvas.save(self)

    return NumberedPages
