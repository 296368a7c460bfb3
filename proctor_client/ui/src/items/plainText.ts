/** Item HTML as plain text, for places that hold no markup: lists to choose from and names that are read out. */
import { setItemHtml } from "./trustedHtml";

const ENDS_A_LINE = "p,li,td,th,br,pre,figcaption,caption,blockquote";
const GAP = "\uE000";

function fragmentOf(html: string): DocumentFragment {
  // Nothing inside a template is loaded or run.
  const template = document.createElement("template");
  setItemHtml(template, html);
  for (const image of template.content.querySelectorAll("img"))
    image.replaceWith(image.getAttribute("alt") ?? "");
  // A formula is read as its LaTeX source where it has one.
  for (const formula of template.content.querySelectorAll("math"))
    formula.replaceWith((formula.querySelector("annotation") ?? formula).textContent ?? "");
  for (const end of template.content.querySelectorAll(ENDS_A_LINE)) end.append("\n");
  return template.content;
}

const spaced = (text: string): string => text.replace(/\s+/g, " ").trim();

/** One line of text that says what the HTML shows. */
export function plainText(html: string): string {
  return /[<&]/.test(html) ? spaced(fragmentOf(html).textContent ?? "") : html;
}

/** Whether plain text loses nothing that is seen. */
export const isPlain = (html: string): boolean => !/<(math|img|audio|table)\b/.test(html);

/** The words around every gap of a passage: `Thủ đô của ___ là Hà Nội`. */
export function gapContexts(html: string): Map<string, string> {
  const content = fragmentOf(html);
  const gaps = [...content.querySelectorAll("[data-gap]")];
  for (const gap of gaps) gap.replaceChildren(GAP);
  const pieces = (content.textContent ?? "").split(GAP).map(spaced);
  return new Map(
    gaps.map((gap, i) => [
      gap.getAttribute("data-gap") ?? "",
      `${(pieces[i] ?? "").split(" ").slice(-6).join(" ")} ___ ${(pieces[i + 1] ?? "").split(" ").slice(0, 4).join(" ")}`.trim(),
    ]),
  );
}
