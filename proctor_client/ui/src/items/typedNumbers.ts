/** Numbers as people in Viet Nam type them; the same rules by which the server reads them when it scores. */

const SIGNED = /^([+-]?) ?([0-9.,][0-9., ]*)$/;
const WITH_DECIMALS = /^([0-9]*)[.,]([0-9]*)$/;
const GROUPED = /^([1-9][0-9]{0,2}([., ])[0-9]{3}(?:\2[0-9]{3})*)(?:([.,])([0-9]*))?$/;
const LONGEST = 40;

const cleaned = (text: string): string =>
  text
    .normalize("NFC")
    .replace(/\p{Cf}/gu, "")
    .replace(/\s+/g, " ")
    .trim();

/**
 * The values that a typed number may have, with a decimal point: none when it is no number, two for a single point
 * before exactly three digits (`1.234`), which people use both for decimals and for thousands.
 *
 * `unit` is the one printed after the field; typing it again does no harm.
 */
export function readings(text: string, unit = ""): string[] {
  let typed = cleaned(text).replace(/[\u2010-\u2013\u2212]/g, "-");
  const printed = cleaned(unit);
  if (printed && typed.toLowerCase().endsWith(printed.toLowerCase()))
    typed = typed.slice(0, -printed.length).trimEnd();
  const signed = typed.length <= LONGEST ? SIGNED.exec(typed) : null;
  if (!signed?.[2]) return [];
  const sign = signed[1] === "-" ? "-" : "";
  return unsigned(signed[2]).map((value) => (value === "0" ? value : sign + value));
}

function unsigned(text: string): string[] {
  if (/^[0-9]+$/.test(text)) return [plain(text, "")];
  const decimal = WITH_DECIMALS.exec(text);
  const isDecimal = decimal !== null && Boolean(decimal[1] || decimal[2]);
  const grouped = GROUPED.exec(text);
  const found: string[] = [];
  if (isDecimal) found.push(plain(decimal[1] ?? "", decimal[2] ?? ""));
  // The mark of the decimals is of another kind than those between thousands, and a single comma is never one of these.
  if (grouped && grouped[2] !== grouped[3] && !(isDecimal && text.includes(",")))
    found.push(plain((grouped[1] ?? "").replace(/[., ]/g, ""), grouped[4] ?? ""));
  return found;
}

function plain(whole: string, decimals: string): string {
  const digits = whole.replace(/^0+/, "") || "0";
  const fraction = decimals.replace(/0+$/, "");
  return fraction ? `${digits}.${fraction}` : digits;
}

/** `-1234.5` as it is printed: `-1.234,5`. */
export function formatTyped(value: string): string {
  const [whole = "", fraction] = value.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ".");
  return fraction ? `${grouped},${fraction}` : grouped;
}
