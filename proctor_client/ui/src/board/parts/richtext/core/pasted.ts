/** Cleans what the clipboard brings: Office and web markup goes, structure and emphasis stay. */
import { inertElements, loosenForParser } from "./markup";
import { wordLists } from "./wordLists";

export interface Pasted {
  html: string;
  /** Pictures that are only named by an address or a file of another machine. */
  lostPictures: number;
  /** Formulas of Word, which come as Word's own markup. */
  hasLostFormulas: boolean;
}

const USELESS =
  "script, style, meta, link, title, xml, template, iframe, object, embed, svg, canvas, video, form, input, select, " +
  "textarea, button, hr, map, noscript, .katex-html, .MathJax_Preview";

/** An own copy carries this attribute and is clean already. */
const OWN = "data-pm-slice";

/** Where the style of an element is read from; the page's own policy complains of every `style` that is parsed. */
const STYLE = "data-style";

/** Without style sheets, and with styles and handlers as plain data, as soon as the text is parsed. */
const quieted = (html: string): string =>
  html
    .replace(/<style\b[\s\S]*?<\/style\s*>/gi, "")
    .replace(/<[a-z][^>]*>/gi, (tag) =>
      tag.replace(/([\s"'/])(style|on[a-z]+)\s*=/gi, (_all, before: string, name: string) =>
        name.toLowerCase() === "style" ? `${before}${STYLE}=` : `${before}data-handler=`,
      ),
    );

/** Clean HTML of a pasted text, and what it had to leave behind. */
export function cleanPasted(pasted: string): Pasted {
  // A Mac's clipboard may take Vietnamese letters apart into letter and accent.
  const html = quieted(pasted.normalize("NFC"));
  if (html.includes(OWN)) return { html, lostPictures: 0, hasLostFormulas: false };
  const root = inertElements(html);
  removeComments(root);
  wordLists(root, STYLE);
  for (const element of [...root.querySelectorAll("*")]) {
    // Word writes what it means for itself in elements with a prefix: o:p, w:sdt, m:oMath, v:shape.
    if (element.matches(USELESS)) element.remove();
    else if (element.localName.includes(":")) unwrap(element);
  }
  const lostPictures = removeLostPictures(root);
  for (const element of root.querySelectorAll<HTMLElement>(`[${STYLE}]`)) keepEmphasis(element);
  for (const heading of [...root.querySelectorAll("h1, h2, h3, h4, h5, h6")]) headingToParagraph(heading);
  for (const paragraph of [...root.querySelectorAll("p")]) {
    if (paragraph.closest("td, th") === null && isBlank(paragraph)) paragraph.remove();
  }
  for (const element of root.querySelectorAll("*")) strip(element);
  loosenForParser(root);
  return { html: root.innerHTML, lostPictures, hasLostFormulas: /<m:oMath\b/i.test(html) };
}

function removeComments(root: HTMLElement): void {
  const walk = root.ownerDocument.createTreeWalker(root, 128 /* comments */);
  const found: Comment[] = [];
  while (walk.nextNode()) found.push(walk.currentNode as Comment);
  for (const comment of found) comment.remove();
}

function unwrap(element: Element): void {
  element.replaceWith(...element.childNodes);
}

/** Only what lies in the clipboard itself can be uploaded; the browser may not read other machines' files. */
function removeLostPictures(root: HTMLElement): number {
  const lost = [...root.querySelectorAll("img")].filter(
    (picture) => !/^data:image\/(png|jpeg|gif|webp|bmp);base64,/i.test(picture.getAttribute("src") ?? ""),
  );
  for (const picture of lost) picture.remove();
  return lost.length;
}

/** Emphasis that word processors write as a style becomes an element; nothing else of a style is kept. */
function keepEmphasis(element: HTMLElement): void {
  const style = element.getAttribute(STYLE) ?? "";
  const value = (property: string): string =>
    new RegExp(`(?:^|;)\\s*${property}\\s*:\\s*([^;]+)`, "i").exec(style)?.[1]?.trim().toLowerCase() ?? "";
  const weight = value("font-weight");
  if (element.matches("b, strong") && /^(normal|[1-4]00)$/.test(weight)) {
    // Google Docs puts a whole text into an element of bold type that is not bold.
    unwrap(element);
    return;
  }
  if (element.localName !== "span") return;
  if (/^(bold|bolder|[6-9]00)$/.test(weight)) enclose("strong");
  if (/^(italic|oblique)/.test(value("font-style"))) enclose("em");
  const line = `${value("text-decoration")} ${value("text-decoration-line")}`;
  if (line.includes("underline")) enclose("u");
  if (line.includes("line-through")) enclose("s");
  if (value("vertical-align") === "sub") enclose("sub");
  if (value("vertical-align") === "super") enclose("sup");

  function enclose(tag: string): void {
    const inner = element.ownerDocument.createElement(tag);
    inner.append(...element.childNodes);
    element.append(inner);
  }
}

function headingToParagraph(heading: Element): void {
  const [paragraph, strong] = [
    heading.ownerDocument.createElement("p"),
    heading.ownerDocument.createElement("strong"),
  ];
  strong.append(...heading.childNodes);
  paragraph.append(strong);
  heading.replaceWith(paragraph);
}

const isBlank = (element: Element): boolean =>
  element.textContent?.trim() === "" && element.querySelector("img, audio, math, br + br") === null;

const KEPT = new Set(
  (
    "colspan rowspan scope start type src alt encoding display " +
    // What the browser itself copies out of a field or a preview.
    "data-gap data-hottext data-latex data-display"
  ).split(" "),
);

/** Word tells the language of every word, and it is wrong as often as not: languages are set by hand. */
function strip(element: Element): void {
  if (element.closest("math") !== null) return;
  for (const { name } of [...element.attributes]) if (!KEPT.has(name)) element.removeAttribute(name);
}
