/** Sizes of files as people read them. */

const UNITS = ["byte", "KB", "MB", "GB"];

/** `830 byte`, `19,5 KB`, `20 MB`; steps of 1000, as file lists and limits count. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const text = unit === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(1).replace(/\.0$/, "");
  return `${text.replace(".", ",")} ${UNITS[unit]}`;
}
