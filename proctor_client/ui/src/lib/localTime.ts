/** Instants as `datetime-local` fields show and give them: Vietnam's time, whatever the PC's zone. */
const VIETNAM_OFFSET_MS = 7 * 3_600_000;

/** `2026-12-12T01:00:00Z` gives `2026-12-12T08:00`. */
export const toField = (instant: string): string =>
  new Date(Date.parse(instant) + VIETNAM_OFFSET_MS).toISOString().slice(0, 16);

/** `2026-12-12T08:00` gives `2026-12-12T08:00:00+07:00`. */
export const fromField = (value: string): string => `${value}:00+07:00`;
