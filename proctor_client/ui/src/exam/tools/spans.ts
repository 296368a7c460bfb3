/** Marked spans of a text as pairs of places, from the first letter to the place after the last. */
export type Span = readonly [from: number, to: number];

/** The same letters in as few spans as possible, in order. */
export function tidied(spans: readonly Span[]): Span[] {
  const tidy: [number, number][] = [];
  for (const [from, to] of [...spans].filter(([a, b]) => a < b).sort(([a], [b]) => a - b)) {
    const last = tidy.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else tidy.push([from, to]);
  }
  return tidy;
}

/** Whether every letter of `span` is marked. */
export const covers = (spans: readonly Span[], [from, to]: Span): boolean =>
  tidied(spans).some(([a, b]) => a <= from && to <= b);

export const added = (spans: readonly Span[], span: Span): Span[] => tidied([...spans, span]);

export const removed = (spans: readonly Span[], [from, to]: Span): Span[] =>
  tidied(
    spans.flatMap(([a, b]): Span[] =>
      to <= a || b <= from
        ? [[a, b]]
        : [
            [a, Math.min(b, from)],
            [Math.max(a, to), b],
          ],
    ),
  );

/** Marks the span, or takes the mark away where all of it is marked already. */
export const toggled = (spans: readonly Span[], span: Span): Span[] =>
  covers(spans, span) ? removed(spans, span) : added(spans, span);

const SENTENCE = /[^.?!…;:]*(?:[.?!…;:]+(?!\s|$)[^.?!…;:]*)*(?:[.?!…;:]+["”’)\]]*|$)\s*/gu;

/** The sentences of a paragraph that begins at `start`; what ends one is followed by a space or by nothing. */
export function sentences(paragraph: string, start = 0): Span[] {
  const found: Span[] = [];
  for (const { 0: text, index } of paragraph.matchAll(SENTENCE)) {
    const from = start + index + (text.length - text.trimStart().length);
    const to = start + index + text.trimEnd().length;
    if (from < to) found.push([from, to]);
  }
  return found;
}
