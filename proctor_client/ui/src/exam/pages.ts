/** Which items of a paper stand on the screen together. */
import type { ItemView } from "../lib/api/types";

/** Positions in the paper: from the first item to before `to`. */
export interface Page {
  from: number;
  to: number;
}

/**
 * The pages of a run of items that are open together, in their order.
 *
 * No page has more than `most` items. Items that follow each other and share a stimulus stay on one page when they fit
 * on one; when there are too many of them, they begin a page and go on over the next.
 *
 * `start` is the position of the first item in the paper.
 */
export function pagesOf(items: readonly Pick<ItemView, "stimulus">[], most: number, start: number): Page[] {
  const pages: Page[] = [];
  let from = 0;
  let to = 0;
  const turn = (): void => {
    if (to > from) pages.push({ from: start + from, to: start + to });
    from = to;
  };
  while (to < items.length) {
    const after = endOfStimulus(items, to);
    if (after - from > most) turn();
    to = Math.min(after, from + most);
    // The rest of a long stimulus goes on over the page.
    if (to < after) turn();
  }
  turn();
  return pages;
}

/** Where the items end that share the stimulus of the one at `first`; an item without one stands alone. */
function endOfStimulus(items: readonly Pick<ItemView, "stimulus">[], first: number): number {
  const ref = items[first]?.stimulus?.ref;
  let end = first + 1;
  while (ref !== undefined && items[end]?.stimulus?.ref === ref) end += 1;
  return end;
}
