/** Reads the HTML of items in a document that shows nothing, so that nothing of it is fetched or runs. */
import { setItemHtml } from "../../../items/trustedHtml";
import type { HtmlReader } from "./converting";

function inert(html: string): HTMLElement {
  const root = document.implementation.createHTMLDocument().createElement("div");
  setItemHtml(root, html);
  return root;
}

export const htmlReader: HtmlReader = {
  plain: (html) => (inert(html).textContent ?? "").replace(/\s+/g, " ").trim(),
  without(html, attribute) {
    const root = inert(html);
    for (const element of root.querySelectorAll(`[${attribute}]`)) element.replaceWith(...element.childNodes);
    return root.innerHTML;
  },
};

/** The words that are marked with the id in a text. */
export function markedWords(html: string, id: string): string {
  const marked = inert(html).querySelectorAll(`[data-hottext="${CSS.escape(id)}"]`);
  return [...marked].map((element) => element.textContent ?? "").join("");
}

/** The words around a gap, the gap itself as `…`. */
export function aroundGap(html: string, id: string): string {
  const root = inert(html);
  const gap = root.querySelector(`[data-gap="${CSS.escape(id)}"]`);
  if (!gap) return "…";
  for (const other of root.querySelectorAll("[data-gap]")) other.textContent = other === gap ? "\u0000" : "…";
  const [before = "", after = ""] = (root.textContent ?? "").replace(/\s+/g, " ").split("\u0000");
  return `${before.split(" ").slice(-4).join(" ")}[…]${after.split(" ").slice(0, 4).join(" ")}`.trim();
}
