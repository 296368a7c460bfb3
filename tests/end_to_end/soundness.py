"""What every page owes to whoever opens it: accessible, reflowing, quiet, and at home on its own server."""

from functools import cache
from typing import Any

from playwright.async_api import Page, expect

from tests.end_to_end.browsing import ROOT, Visit

_AXE = ROOT / "proctor_client" / "ui" / "node_modules" / "axe-core" / "axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
_NAMED_ROLES = frozenset(
    {
        "button", "checkbox", "combobox", "dialog", "link", "listbox", "menuitem", "option", "progressbar", "radio",
        "radiogroup", "region", "searchbox", "slider", "spinbutton", "switch", "tab", "table", "textbox", "timer",
    }
)  # fmt: skip
_NARROWEST = 320
_NARROW = (360, _NARROWEST)
_STOPS_LOOKED_AT = 3
_LATE_LABELS_MS = 300

# Text that ends in dots on purpose and what only screen readers get are not cut off.
_CUT_OFF = """() => [...document.querySelectorAll("body *")].filter((box) => {
  const { overflowX, textOverflow, position } = getComputedStyle(box);
  return ["hidden", "clip"].includes(overflowX) && textOverflow !== "ellipsis" && position !== "absolute"
    && box.clientWidth > 1 && box.scrollWidth > box.clientWidth + 1;
}).map((box) => box.outerHTML.slice(0, 160))"""


# What is judged is what a person sees, not what is on its way there.
_AT_REST = """() => Promise.all(document.getAnimations()
  .filter((one) => one.effect.getComputedTiming().endTime !== Infinity)
  .map((one) => one.finished.catch(() => null))).then(() => true)"""
# A control of which a bar that stays in sight covers a part is not small: it is scrolled to.
_IS_TOO_SMALL = """async (selector) => {
  const before = [scrollX, scrollY];
  document.querySelector(selector).scrollIntoView({ block: "center", behavior: "instant" });
  const { violations } = await axe.run(document, { runOnly: { type: "rule", values: ["target-size"] } });
  scrollTo(...before);
  return violations.some(({ nodes }) => nodes.some(({ target }) => target.at(-1) === selector));
}"""
_PAINTED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"


@cache
def _axe_source() -> str:
    return _AXE.read_text(encoding="utf-8")


async def settled(page: Page) -> None:
    """Wait until the page shows what it is about."""
    await expect(page.get_by_role("heading").first).to_be_visible()
    await expect(page.get_by_text("Đang tải…")).to_have_count(0)
    await expect(page.locator("[aria-busy]")).to_have_count(0)
    await page.evaluate("document.fonts.ready.then(() => true)")
    await page.evaluate(_AT_REST)


async def complaints(visit: Visit) -> list[str]:
    """Return everything that is wrong with the page as it stands; an empty list is the aim."""
    page = visit.page
    await settled(page)
    found = [f"console: {text}" for text in visit.console_errors] + visit.faults()
    found += await _accessibility_violations(page)
    found += await _nameless_controls(page)
    found += await _overflow(page)
    found += await _invisible_focus(page)
    return found


async def complaints_at_every_size(visit: Visit) -> list[str]:
    """Return what is wrong with the page as it stands, in narrow windows and in the system's own colours too."""
    page = visit.page
    found = await complaints(visit)
    size = page.viewport_size
    assert size is not None
    for width in _NARROW:
        await page.set_viewport_size({"width": width, "height": 640})
        await page.evaluate(_PAINTED)
        found += [f"at {width} px: {one}" for one in await _accessibility_violations(page)]
    await page.emulate_media(forced_colors="active")
    found += [f"in forced colours: {one}" for one in await _accessibility_violations(page)]
    await page.emulate_media(forced_colors="none")
    await page.set_viewport_size(size)
    await page.evaluate(_PAINTED)
    return found


async def _accessibility_violations(page: Page) -> list[str]:
    await page.evaluate(_axe_source())
    options = {"runOnly": {"type": "tag", "values": _RULES}, "resultTypes": ["violations"]}
    result: dict[str, Any] = await page.evaluate("(options) => axe.run(document, options)", options)
    return [
        f"axe {violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in result["violations"]
        for node in violation["nodes"]
        if violation["id"] != "target-size" or await page.evaluate(_IS_TOO_SMALL, node["target"][-1])
    ]


async def _nameless_controls(page: Page) -> list[str]:
    browser = await page.context.new_cdp_session(page)
    assert page.context.browser is not None
    if page.context.browser.version.startswith("109."):
        # It builds its tree when first asked for it, and only then finds labels that follow their controls.
        await browser.send("Accessibility.getFullAXTree")
        await page.wait_for_timeout(_LATE_LABELS_MS)
    tree: dict[str, Any] = await browser.send("Accessibility.getFullAXTree")
    await browser.detach()
    return [
        f"a {node['role']['value']} has no name (node {node['backendDOMNodeId']})"
        for node in tree["nodes"]
        if not node["ignored"]
        and node["role"]["value"] in _NAMED_ROLES
        and not node.get("name", {}).get("value", "").strip()
    ]


async def _overflow(page: Page) -> list[str]:
    """Look for what a narrow window cannot show: the page scrolls sideways, or a box cuts its content off."""
    size = page.viewport_size
    assert size is not None
    await page.set_viewport_size({"width": _NARROWEST, "height": 640})
    await page.evaluate(_PAINTED)
    width: int = await page.evaluate("document.documentElement.scrollWidth")
    cut: list[str] = await page.evaluate(_CUT_OFF)
    await page.set_viewport_size(size)
    await page.evaluate(_PAINTED)
    too_wide = [f"{width} px wide in a window of {_NARROWEST} px"] if width > _NARROWEST else []
    return too_wide + [f"content cut off: {box}" for box in cut]


async def _invisible_focus(page: Page) -> list[str]:
    """Look for tab stops that look the same with and without the focus when the system dictates the colours."""
    await page.emulate_media(forced_colors="active")
    found = []
    for _ in range(_STOPS_LOOKED_AT):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement === document.body"):
            continue
        focused = (
            await page.evaluate_handle("document.activeElement.closest('label') ?? document.activeElement")
        ).as_element()
        assert focused is not None
        box = await focused.bounding_box()
        assert box is not None
        clip = _around(box, page)
        with_focus = await page.screenshot(clip=clip)
        await page.evaluate("(window.lastFocused = document.activeElement).blur()")
        without_focus = await page.screenshot(clip=clip)
        if with_focus == without_focus:
            found.append(f"no visible focus: {await focused.evaluate('(element) => element.outerHTML.slice(0, 200)')}")
        await page.evaluate("window.lastFocused.focus()")
    await page.emulate_media(forced_colors="none")
    return found


def _around(box: Any, page: Page) -> Any:
    size = page.viewport_size
    assert size is not None
    margin = 8
    left, top = max(0.0, box["x"] - margin), max(0.0, box["y"] - margin)
    right = min(float(size["width"]), box["x"] + box["width"] + margin)
    bottom = min(float(size["height"]), box["y"] + box["height"] + margin)
    return {"x": left, "y": top, "width": max(1.0, right - left), "height": max(1.0, bottom - top)}
