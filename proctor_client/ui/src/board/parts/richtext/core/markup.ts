/** HTML of the server's subset to a document of the editor and back. */
import { DOMParser, DOMSerializer, type Node, type Schema } from "prosemirror-model";
import { setItemHtml } from "../../../../items/trustedHtml";
import { blockSchema, inlineSchema } from "./schema";

const BLOCKS = "p, ul, ol, table, blockquote, pre, figure";

/** A document that shows nothing: in it pictures are not fetched and nothing runs. */
const inert = (): Document => document.implementation.createHTMLDocument();

/** The given HTML as elements that are not part of the page. */
export function inertElements(html: string): HTMLElement {
  const root = inert().createElement("div");
  setItemHtml(root, html);
  return root;
}

/** The schema for a value: what has paragraphs, lists or tables is never squeezed into one line. */
export function schemaFor(html: string, hasBlocks: boolean): Schema {
  return hasBlocks || inertElements(html).querySelector(BLOCKS) !== null ? blockSchema : inlineSchema;
}

/** A document from the HTML of the server's subset. */
export function parse(html: string, schema: Schema): Node {
  const root = inertElements(html);
  loosenForParser(root);
  return DOMParser.fromSchema(schema).parse(root);
}

/** Brings elements into the form that the schema reads: captions beside their tables, line ends in code. */
export function loosenForParser(root: HTMLElement): void {
  for (const table of root.querySelectorAll("table")) {
    const caption = table.querySelector(":scope > caption");
    if (!caption) continue;
    const whole = renamed("div", "data-captioned-table");
    const words = renamed("div", "data-caption");
    const language = caption.getAttribute("lang");
    if (language !== null) words.setAttribute("lang", language);
    words.append(...caption.childNodes);
    caption.remove();
    table.replaceWith(whole);
    whole.append(words, table);
  }
  for (const lineEnd of root.querySelectorAll("pre br")) lineEnd.replaceWith("\n");

  function renamed(tag: string, attribute: string): HTMLElement {
    const element = root.ownerDocument.createElement(tag);
    element.setAttribute(attribute, "");
    return element;
  }
}

/** The HTML of a document in the server's subset; nothing written is the empty text. */
export function serialise(content: Node): string {
  const root = inert().createElement("div");
  DOMSerializer.fromSchema(content.type.schema).serializeFragment(
    content.content,
    { document: root.ownerDocument },
    root,
  );
  for (const whole of root.querySelectorAll("[data-captioned-table]")) rejoinCaption(whole);
  for (const table of root.querySelectorAll("table")) splitHead(table);
  for (const part of root.querySelectorAll("li, td, th")) unwrapOnlyParagraph(part);
  while (root.children.length > 1 && isEmptyParagraph(root.lastChild)) root.lastChild?.remove();
  while (root.children.length > 1 && isEmptyParagraph(root.firstChild)) root.firstChild?.remove();
  if (root.childNodes.length === 1) unwrapOnlyParagraph(root);
  return root.innerHTML;
}

function rejoinCaption(whole: Element): void {
  const [words, table] = whole.children;
  if (!words || !table) return;
  const caption = whole.ownerDocument.createElement("caption");
  const language = words.getAttribute("lang");
  if (language !== null) caption.setAttribute("lang", language);
  caption.append(...words.childNodes);
  if (caption.hasChildNodes()) table.prepend(caption);
  whole.replaceWith(table);
}

/** Rows of header cells only, at the top, become the table's head; each header says what it heads. */
function splitHead(table: HTMLTableElement): void {
  const rows = [...table.rows].filter((row) => row.closest("table") === table);
  const first = rows.findIndex((row) => [...row.cells].some((cell) => cell.tagName === "TD"));
  const headRows = first === -1 ? rows.length : first;
  const body = rows[0]?.parentElement;
  // A table of header cells only has no body to set apart.
  if (body && headRows > 0 && headRows < rows.length) {
    const head = table.ownerDocument.createElement("thead");
    head.append(...rows.slice(0, headRows));
    body.before(head);
  }
  for (const cell of table.querySelectorAll("td[scope]")) cell.removeAttribute("scope");
  for (const cell of table.querySelectorAll("th:not([scope])"))
    cell.setAttribute("scope", cell.closest("thead") === null ? "row" : "col");
}

/** `<li><p>word</p></li>` says no more than `<li>word</li>`. */
function unwrapOnlyParagraph(part: Element): void {
  const [first, ...others] = part.children;
  if (first?.tagName !== "P" || first.attributes.length > 0) return;
  if (others.some((other) => !["UL", "OL"].includes(other.tagName))) return;
  first.replaceWith(...first.childNodes);
}

const isEmptyParagraph = (node: ChildNode | null): boolean => node?.nodeName === "P" && !node.hasChildNodes();
