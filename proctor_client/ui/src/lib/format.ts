/** Dates, times and numbers as Vietnamese papers write them: dd/MM/yyyy, decimal comma, dot for thousands. */

// Vietnam has kept UTC+7 without summer time since 1975. Shifting by hand also spares us Intl's "vi-VN" forms,
// which drop leading zeros and put the time before the date.
const VIETNAM_OFFSET_MS = 7 * 3_600_000;

const two = (n: number): string => String(n).padStart(2, "0");

const inVietnam = (at: string | number): Date =>
  new Date((typeof at === "number" ? at : Date.parse(at)) + VIETNAM_OFFSET_MS);

/** `12/12/2026`; `at` is an ISO 8601 text or epoch milliseconds. */
export function formatDate(at: string | number): string {
  const date = inVietnam(at);
  return `${two(date.getUTCDate())}/${two(date.getUTCMonth() + 1)}/${date.getUTCFullYear()}`;
}

/** `08:05`. */
export function formatTime(at: string | number): string {
  const date = inVietnam(at);
  return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
}

/** `08:05:09`. */
export function formatTimeWithSeconds(at: string | number): string {
  return `${formatTime(at)}:${two(inVietnam(at).getUTCSeconds())}`;
}

/** `08:05 12/12/2026`. */
export function formatDateTime(at: string | number): string {
  return `${formatTime(at)} ${formatDate(at)}`;
}

/** `42:17`, or `1:05:00` from one hour; rounded up so that 00:00 means that nothing is left. */
export function formatRemaining(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${two(minutes)}:${two(seconds % 60)}`;
}

const grouped = (digits: string): string => digits.replace(/\B(?=(\d{3})+$)/g, ".");

/** `18.640` or, with decimals, `-1,90`. */
export function formatNumber(value: number, decimals = 0): string {
  const [whole = "0", fraction] = Math.abs(value).toFixed(decimals).split(".");
  const isNegative = value < 0 && Number(value.toFixed(decimals)) !== 0;
  return `${isNegative ? "-" : ""}${grouped(whole)}${fraction === undefined ? "" : `,${fraction}`}`;
}

/** A mark as the server wrote it, with a comma: `"7.25"` gives `7,25`. No rounding: the rule-set has done it. */
export const formatMark = (mark: string): string => mark.replace(".", ",");
