/** Arrow keys between the seats of a list, whatever number stands in a row. */

export type Direction = "left" | "right" | "up" | "down";

const KEYS: Readonly<Record<string, Direction>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};
export const directionOf = (key: string): Direction | null => KEYS[key] ?? null;

export interface Box {
  left: number;
  top: number;
}

/** The place to go to from `at`; itself at an edge. Boxes are in the order of reading. */
export function nextPlace(boxes: readonly Box[], at: number, direction: Direction): number {
  const here = boxes[at];
  if (here === undefined) return boxes.length > 0 ? 0 : at;
  if (direction === "left") return Math.max(0, at - 1);
  if (direction === "right") return Math.min(boxes.length - 1, at + 1);
  const isBeyond = (box: Box): boolean =>
    direction === "up" ? box.top < here.top - 1 : box.top > here.top + 1;
  let best = at;
  let bestDistance = Number.POSITIVE_INFINITY;
  boxes.forEach((box, place) => {
    if (!isBeyond(box)) return;
    // The nearest row counts before the nearest column.
    const distance = Math.abs(box.top - here.top) * 10_000 + Math.abs(box.left - here.left);
    if (distance < bestDistance) [best, bestDistance] = [place, distance];
  });
  return best;
}

/** The places from one to another, both among them, whichever comes first. */
export function span<T>(all: readonly T[], from: T, to: T): T[] {
  const [a, b] = [all.indexOf(from), all.indexOf(to)];
  return a < 0 || b < 0 ? [to] : all.slice(Math.min(a, b), Math.max(a, b) + 1);
}
