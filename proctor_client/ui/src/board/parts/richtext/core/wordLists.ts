/** Lists as Word puts them on the clipboard: paragraphs that say their level and carry their number as text. */

interface Line {
  paragraph: HTMLElement;
  level: number;
  marker: string;
}

const LEVEL = /mso-list:[^;]*?\blevel(\d+)/i;
const NUMBER = /^\(?([0-9]+|[a-z]+)[.)\]:]$/i;

/** Turns runs of Word's list paragraphs into lists, nested by their levels; an attribute holds the elements' styles. */
export function wordLists(root: HTMLElement, styleAttribute: string): void {
  let run: Line[] = [];
  for (const paragraph of [...root.querySelectorAll<HTMLElement>("p, h1, h2, h3, h4, h5, h6")]) {
    const line = lineOf(paragraph, styleAttribute);
    if (line && run.length > 0 && !follows(run.at(-1)?.paragraph, paragraph)) run = close(run);
    if (line) run.push(line);
    else run = close(run);
  }
  close(run);
}

function lineOf(paragraph: HTMLElement, styleAttribute: string): Line | null {
  const level = LEVEL.exec(paragraph.getAttribute(styleAttribute) ?? "")?.[1];
  if (level === undefined) return null;
  const ignored = [...paragraph.querySelectorAll<HTMLElement>("span")].find((span) =>
    /mso-list:\s*ignore/i.test(span.getAttribute(styleAttribute) ?? ""),
  );
  const marker = (ignored?.textContent ?? "").replace(/\s+/g, "");
  ignored?.remove();
  return { paragraph, level: Math.min(Number(level), 9), marker };
}

function follows(earlier: Element | undefined, later: Element): boolean {
  return earlier !== undefined && earlier.nextElementSibling === later;
}

function close(run: readonly Line[]): Line[] {
  const first = run[0];
  if (!first) return [];
  const document = first.paragraph.ownerDocument;
  const place = document.createComment("");
  first.paragraph.replaceWith(place);
  const open: { level: number; list: HTMLElement }[] = [];
  const roots: HTMLElement[] = [];
  for (const line of run) {
    while (open.length > 0 && (open.at(-1)?.level ?? 0) > line.level) open.pop();
    let current = open.at(-1);
    const { tag, type, start } = listKind(line.marker);
    const isOther = current !== undefined && current.level === line.level && current.list.localName !== tag;
    if (isOther) open.pop();
    if (current === undefined || isOther || current.level < line.level) {
      const list = document.createElement(tag);
      if (type !== "1" && tag === "ol") list.setAttribute("type", type);
      if (start > 1) list.setAttribute("start", String(start));
      const parent = open.at(-1)?.list.lastElementChild;
      if (parent) parent.append(list);
      else roots.push(list);
      current = { level: line.level, list };
      open.push(current);
    }
    const entry = document.createElement("li");
    const words = document.createElement("p");
    words.append(...line.paragraph.childNodes);
    entry.append(words);
    current.list.append(entry);
    line.paragraph.remove();
  }
  place.replaceWith(...roots);
  return [];
}

/** Whether a marker counts, how, and from where. */
function listKind(marker: string): { tag: "ul" | "ol"; type: string; start: number } {
  // Word draws the round bullet of the second level with a bare letter o, which no counting writes.
  const number = NUMBER.exec(marker)?.[1];
  if (number === undefined) return { tag: "ul", type: "1", start: 1 };
  if (/^\d+$/.test(number)) return { tag: "ol", type: "1", start: Number(number) };
  const isUpper = number === number.toUpperCase();
  // A lone i, v or x may be a letter as well; as the first marker of a list only i is likely to be Roman.
  if (number.length > 1 || /^i$/i.test(number)) return { tag: "ol", type: isUpper ? "I" : "i", start: 1 };
  return { tag: "ol", type: isUpper ? "A" : "a", start: number.toLowerCase().charCodeAt(0) - 96 };
}
