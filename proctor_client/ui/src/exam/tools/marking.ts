/** Marked spans in the text of an item: where they lie in its HTML, and how they are shown. */
import { type Span, sentences } from "./spans";

const BLOCK = "p,li,td,th,pre,figcaption,caption,blockquote,div";
/** In these an element of ours would break what is drawn. */
const NOT_IN = "math,svg,audio,select,button";
const HOLDS_NO_TEXT = "table,thead,tbody,tfoot,tr,ul,ol,colgroup";

/** The pieces of text that can be marked, in order. Marks that are there already change nothing of their sum. */
function pieces(content: Element): Text[] {
  const walker = document.createTreeWalker(content, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement?.closest(NOT_IN) || node.parentElement?.matches(HOLDS_NO_TEXT)
      ? NodeFilter.FILTER_REJECT
      : NodeFilter.FILTER_ACCEPT,
  );
  const found: Text[] = [];
  while (walker.nextNode()) found.push(walker.currentNode as Text);
  return found;
}

/** The part of a text that a range of the page holds; null when it holds nothing of it. */
export function spanOf(content: Element, range: Range): Span | null {
  let [at, from, to] = [0, -1, -1];
  for (const piece of pieces(content)) {
    if (range.intersectsNode(piece)) {
      const first = piece === range.startContainer ? range.startOffset : 0;
      const last = piece === range.endContainer ? range.endOffset : piece.length;
      if (from < 0) from = at + first;
      to = at + last;
    }
    at += piece.length;
  }
  return from >= 0 && from < to ? [from, to] : null;
}

export interface Sentence {
  span: Span;
  text: string;
}

/** The sentences of a text; none goes beyond its paragraph. */
export function sentencesOf(content: Element): Sentence[] {
  const found: Sentence[] = [];
  let [at, start, paragraph] = [0, 0, ""];
  let block: Element | null | undefined;
  const close = (): void => {
    for (const span of sentences(paragraph, start))
      found.push({ span, text: paragraph.slice(span[0] - start, span[1] - start).replace(/\s+/g, " ") });
  };
  for (const piece of pieces(content)) {
    const own = piece.parentElement?.closest(BLOCK);
    if (own !== block) {
      close();
      [block, start, paragraph] = [own, at, ""];
    }
    paragraph += piece.data;
    at += piece.length;
  }
  close();
  return found;
}

const shown = new WeakMap<Element, string>();

/** Shows exactly these spans as marked. */
export function showMarks(content: Element, spans: readonly Span[]): void {
  const wanted = JSON.stringify(spans);
  const old = content.querySelectorAll("mark");
  if ((shown.get(content) ?? "[]") === wanted && old.length > 0 === spans.length > 0) return;
  shown.set(content, wanted);
  for (const mark of old) mark.replaceWith(...mark.childNodes);
  content.normalize();
  let at = 0;
  for (const piece of pieces(content)) {
    const [start, end] = [at, at + piece.length];
    at = end;
    // From the last to the first, so that the places before stay where they are.
    for (const [from, to] of [...spans].reverse()) {
      const [first, last] = [Math.max(from, start) - start, Math.min(to, end) - start];
      if (first >= last) continue;
      const marked = piece.splitText(first);
      marked.splitText(last - first);
      const mark = document.createElement("mark");
      marked.replaceWith(mark);
      mark.append(marked);
    }
  }
}
