/** Numbers as authors type them, in the form in which they are kept. */
import { readings } from "../../../items/typedNumbers";

/**
 * `12,5` gives `12.5`. What can be read in two ways comes with a question mark before it, what is no number as it
 * was typed; both are faults that the form shows.
 */
export function keptNumber(typed: string): string {
  const text = typed.trim();
  if (text === "") return "";
  const values = readings(text);
  if (values.length === 1) return values[0] ?? "";
  return values.length > 1 ? `?${text}` : text;
}

/** What stands in the field for a kept number: with a decimal comma. */
export const shownNumber = (kept: string): string =>
  kept.startsWith("?") ? kept.slice(1) : kept.replace(".", ",");
