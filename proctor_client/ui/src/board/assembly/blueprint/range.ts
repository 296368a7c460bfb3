/** Ranges of counts as one types them: `3`, `2–4`, `2-4`, `≥2` or `≤4`; nothing typed demands nothing. */

/** Null stands for a side that is open. */
export interface Range {
  minimum: number | null;
  maximum: number | null;
}

export type RangeFault = "unreadable" | "reversed";

const BETWEEN = /^(\d{1,6})\s*(?:–|-|—|\.\.|…|đến|to)\s*(\d{1,6})$/;
const EXACT = /^(\d{1,6})$/;
const AT_LEAST = /^(?:≥|>=|từ)\s*(\d{1,6})$/;
const AT_MOST = /^(?:≤|<=|đến)\s*(\d{1,6})$/;

/** The range that a text states; null for an empty text. */
export function parseRange(text: string): Range | RangeFault | null {
  const typed = text.normalize("NFC").trim().toLowerCase();
  if (typed === "") return null;
  const exact = EXACT.exec(typed)?.[1];
  if (exact !== undefined) return { minimum: Number(exact), maximum: Number(exact) };
  const between = BETWEEN.exec(typed);
  if (between) {
    const range = { minimum: Number(between[1]), maximum: Number(between[2]) };
    return range.minimum > range.maximum ? "reversed" : range;
  }
  const least = AT_LEAST.exec(typed)?.[1];
  if (least !== undefined) return { minimum: Number(least), maximum: null };
  const most = AT_MOST.exec(typed)?.[1];
  if (most !== undefined) return { minimum: null, maximum: Number(most) };
  return "unreadable";
}

export const isRange = (parsed: Range | RangeFault | null): parsed is Range =>
  parsed !== null && typeof parsed === "object";

/** `3`, `2–4`, `≥2`, `≤4` or nothing, as `parseRange` reads it back. */
export function formatRange({ minimum, maximum }: Range): string {
  if (minimum === null && maximum === null) return "";
  if (minimum === null) return `≤${maximum}`;
  if (maximum === null) return `≥${minimum}`;
  return minimum === maximum ? `${minimum}` : `${minimum}–${maximum}`;
}

/** The range of a sum of independent counts; one open end opens the sum. */
export function sumOf(ranges: readonly Range[]): Range {
  const add = (values: readonly (number | null)[]): number | null =>
    values.reduce<number | null>((sum, value) => (sum === null || value === null ? null : sum + value), 0);
  return {
    minimum: add(ranges.map((range) => range.minimum ?? 0)),
    maximum: add(ranges.map((range) => range.maximum)),
  };
}

/** Whether some number lies in both ranges. */
export const meet = (one: Range, other: Range): boolean =>
  Math.max(one.minimum ?? 0, other.minimum ?? 0) <=
  Math.min(one.maximum ?? Number.POSITIVE_INFINITY, other.maximum ?? Number.POSITIVE_INFINITY);

export const contains = ({ minimum, maximum }: Range, value: number): boolean =>
  (minimum === null || value >= minimum) && (maximum === null || value <= maximum);
