"""A real browser sees in canonical HTML what was checked, and nothing else."""

from pathlib import Path

from playwright.async_api import async_playwright

from exam_engine.interactions.rich_text import latex_to_mathml, plain_text, sanitise
from tests.end_to_end.browsing import find_chromium
from tests.exam_engine.interactions.rich_text.hostile_html import HOSTILE
from tests.exam_engine.interactions.rich_text.test_properties import ALLOWED

FORMULA = latex_to_mathml(r"\frac{-b\pm\sqrt{b^2-4ac}}{2a}<\begin{cases}x\\y&z\end{cases}")

# Written, read and written again by the browser: every element must be one of the subset in its own namespace.
READ = r"""
(pages) => pages.map((page) => {
  const box = document.createElement('div');
  box.innerHTML = page;
  const elements = [...box.querySelectorAll('*')];
  return {
    html: box.innerHTML,
    text: box.textContent,
    names: [...new Set(elements.map((element) => element.localName))],
    misplaced: elements.filter((element) =>
      (element.namespaceURI === 'http://www.w3.org/1998/Math/MathML') !== (element.closest('math') !== null)
      || element.namespaceURI === 'http://www.w3.org/2000/svg').length,
    handlers: elements.flatMap((element) => [...element.attributes].map((attribute) => attribute.name))
      .filter((name) => name.startsWith('on') || ['style', 'href', 'srcdoc'].includes(name)).length,
  };
})
"""


async def test_a_browser_sees_the_same_elements_and_words_and_no_script() -> None:
    careless = ("<p>Cho <b>x</b> &lt; 3&nbsp;kg:<ul><li>a<li>b</ul>", "<table><tr><th>a<td>b &amp; c</table>", FORMULA)
    pages = [sanitise(html).html for html in (*HOSTILE, *careless)]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        try:
            page = await browser.new_page()
            await page.set_content("<!doctype html><title>x</title>")
            seen = await page.evaluate(READ, pages)
            fired = await page.evaluate("window.alerted ?? 0")
        finally:
            await browser.close()
    assert fired == 0
    for html, found in zip(pages, seen, strict=True):
        assert set(found["names"]) <= ALLOWED, html
        assert found["misplaced"] == 0, html
        assert found["handlers"] == 0, html
        # The browser writes fixed spaces by name.
        assert found["html"].replace("&nbsp;", "\u00a0") == html
        if "<" not in html:
            assert " ".join(found["text"].split()) == " ".join(plain_text(html).split())


STYLE = Path(__file__).parents[4].joinpath("proctor_client/ui/src/lib/ui/formulas.css").read_text("utf-8")
BARS = """
() => [...document.querySelectorAll('mover')].map((over) => {
  const base = over.firstElementChild;
  return [parseFloat(getComputedStyle(base).borderTopWidth) > 0, base.getBoundingClientRect().width];
})
"""


async def test_a_bar_over_a_term_is_as_wide_as_the_term_whatever_the_font() -> None:
    formulas = "".join(f"<p>{latex_to_mathml(latex)}</p>" for latex in (r"\overline{A+B}", r"\hat{A}", "A+B"))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        try:
            page = await browser.new_page()
            await page.set_content(f"<!doctype html><title>x</title>{formulas}")
            assert [has_bar for has_bar, _ in await page.evaluate(BARS)] == [False, False]
            await page.add_style_tag(content=STYLE)
            (over_term, width), (over_letter, _) = await page.evaluate(BARS)
            plain = await page.locator("math").nth(2).bounding_box()
        finally:
            await browser.close()
    assert over_term
    assert not over_letter
    assert plain is not None
    assert abs(width - plain["width"]) < 1.0
