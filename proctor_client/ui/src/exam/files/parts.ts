/** How much of a file goes in one request: as much as the line brings in a few seconds. */

export const FIRST_PART_BYTES = 262_144;
const SMALLEST_PART_BYTES = 65_536;
/** What the server takes at most. */
const LARGEST_PART_BYTES = 1_048_576;
const QUICK_MS = 1_000;
const SLOW_MS = 6_000;

/** The next part after one of `bytes` that took `ms`; a request that is too long for its line is lost whole. */
export function nextPartBytes(bytes: number, ms: number): number {
  if (ms < QUICK_MS) return Math.min(LARGEST_PART_BYTES, bytes * 2);
  return ms > SLOW_MS ? Math.max(SMALLEST_PART_BYTES, bytes / 2) : bytes;
}
