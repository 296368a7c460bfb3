/** Comma-separated text that spreadsheets open as text: quoted where needed, never run as a formula. */

/** A number is written as it is; null leaves the field empty. */
export type Field = string | number | null;

function field(value: Field): string {
  if (typeof value !== "string") return value === null ? "" : String(value);
  // A spreadsheet runs text that starts like this; a leading apostrophe keeps it text.
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Rows joined by CRLF (RFC 4180). */
export const csv = (rows: readonly (readonly Field[])[]): string =>
  rows.map((row) => row.map(field).join(",")).join("\r\n");

/** The byte order mark tells Excel that the file is UTF-8. */
export const csvFile = (rows: readonly (readonly Field[])[]): Blob =>
  new Blob(["\ufeff", csv(rows)], { type: "text/csv;charset=utf-8" });
