/** What of an item the tools work on: the texts that can be marked and the pictures that can be enlarged. */
import type { ItemView } from "../../lib/api/types";
import type { Desk } from "./desk.svelte";
import { spanOf } from "./marking";

export interface MarkedText {
  /** Under which its marks are kept; items of one stimulus share those of the stimulus. */
  place: string;
  content: HTMLElement;
  lang: string;
}

export interface EnlargedPicture {
  address: string;
  description: string;
  lang: string;
}

export const shownItem = (ref: string): Element | null =>
  document.querySelector(`.item[data-ref="${CSS.escape(ref)}"]`);

/** The stimulus and the stem as they stand on the page, in the order in which they are read. */
export function textsOf(item: ItemView): MarkedText[] {
  const own = shownItem(item.ref);
  const found: MarkedText[] = [];
  const take = (place: string, within: Element | null | undefined, selector: string): void => {
    const content = within?.querySelector<HTMLElement>(selector);
    if (content) found.push({ place, content, lang: content.lang });
  };
  // On a page of several items their stimulus stands beside them all.
  if (item.stimulus)
    take(`stimulus ${item.stimulus.ref}`, own?.closest(".group") ?? own, ".stimulus .item-html");
  take(`item ${item.ref}`, own, ".stem .item-html");
  return found;
}

export function picturesOf(item: ItemView): EnlargedPicture[] {
  const own = shownItem(item.ref);
  const beside = own?.closest(".group")?.querySelector(".stimulus");
  const images = [beside, own].flatMap((place) => [...(place?.querySelectorAll("img") ?? [])]);
  return images.map((image) => ({ address: image.src, description: image.alt, lang: item.language }));
}

/** Marks what is selected in the texts, or takes its mark away; false when nothing of them is selected. */
export function markSelection(desk: Desk, texts: readonly MarkedText[]): boolean {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return false;
  const range = selection.getRangeAt(0);
  const found = texts.flatMap(({ place, content }) => {
    const span = spanOf(content, range);
    return span ? [{ place, span }] : [];
  });
  selection.removeAllRanges();
  for (const { place, span } of found) desk.mark(place, span);
  return found.length > 0;
}

/** Takes away the mark that was clicked; false when there is none. */
export function unmarkAt(desk: Desk, texts: readonly MarkedText[], clicked: Element): boolean {
  const mark = clicked.closest("mark");
  const text = texts.find(({ content }) => mark && content.contains(mark));
  if (!mark || !text) return false;
  const range = document.createRange();
  range.selectNodeContents(mark);
  const piece = spanOf(text.content, range);
  const whole = desk.marks[text.place]?.find(([from, to]) => piece && from <= piece[0] && piece[1] <= to);
  if (whole) desk.mark(text.place, whole);
  return whole !== undefined;
}
