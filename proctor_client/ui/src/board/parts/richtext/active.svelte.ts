/** Which of the page's rich-text fields shows the toolbar: the one that was last written in. */
import { flushSync } from "svelte";

const shown = $state<{ field: string | null }>({ field: null });

/** The id of the field that shows the toolbar. */
export const activeField = (): string | null => shown.field;

/**
 * Moves the toolbar to a field without moving its text on the screen: what the bar pushes down is scrolled back, so
 * that the second click of a double click still meets the same word. It stays there when the focus leaves, because a
 * page that moves under a pressed mouse button loses the click.
 */
export function activate(field: string, text: HTMLElement): void {
  if (shown.field === field) return;
  const before = text.getBoundingClientRect().top;
  shown.field = field;
  flushSync();
  const moved = text.getBoundingClientRect().top - before;
  if (moved !== 0) scrolledAround(text).scrollBy(0, moved);
}

/** Takes the toolbar away with its field. */
export function deactivate(field: string): void {
  if (shown.field === field) shown.field = null;
}

function scrolledAround(element: HTMLElement): Element {
  for (let outer = element.parentElement; outer; outer = outer.parentElement) {
    const { overflowY } = getComputedStyle(outer);
    if ((overflowY === "auto" || overflowY === "scroll") && outer.scrollHeight > outer.clientHeight)
      return outer;
  }
  return document.scrollingElement ?? document.documentElement;
}
