/** Choosing several things within bounds: what a choice changes and the words that say how many there may be. */
import type { Response } from "./types";
import { words } from "./words";

export interface Bounds {
  min_choices: number;
  max_choices?: number | null;
}

/** Whether no more may be chosen without taking something back; with one to choose, the next replaces it. */
export const isFull = (response: Response, { max_choices }: Bounds): boolean =>
  max_choices != null && max_choices > 1 && response.length >= max_choices;

/** The response after a thing is chosen or taken back, in the order in which things are offered. */
export function toggled(
  response: Response,
  id: string,
  offered: readonly string[],
  bounds: Bounds,
): Response {
  if (response.includes(id)) return response.filter((other) => other !== id);
  if (isFull(response, bounds)) return response;
  const chosen = bounds.max_choices === 1 ? [id] : [...response, id];
  return offered.filter((other) => chosen.includes(other));
}

/** How many may be chosen. */
export function boundsText({ min_choices: least, max_choices }: Bounds): string {
  const most = max_choices ?? 0;
  if (most === 1) return words.chooseOne;
  if (most && most === least) return words.chooseExactly(most);
  if (most) return least > 1 ? words.chooseBetween(least, most) : words.chooseUpTo(most);
  return least > 1 ? words.chooseAtLeast(least) : words.chooseAny;
}

/** How many are chosen so far, and what to do when there can be no more. */
export function chosenText(response: Response, bounds: Bounds): string {
  if (isFull(response, bounds)) return words.chosenAll(response.length);
  return bounds.max_choices === 1 || response.length === 0 ? "" : words.chosen(response.length);
}
