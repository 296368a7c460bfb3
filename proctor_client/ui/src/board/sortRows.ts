/** Sorting of tables whose rows are all on the page, by the names that `Table` gives: `field` or `-field`. */

type Value = number | string | null;

/** Stable; whatever has no value comes last in both directions. Texts compare the Vietnamese way. */
export function sortRows<Row>(
  rows: readonly Row[],
  sort: string,
  read: (row: Row, field: string) => Value,
): Row[] {
  const field = sort.replace(/^-/, "");
  const sign = sort.startsWith("-") ? -1 : 1;
  const order = new Intl.Collator("vi", { numeric: true });
  return [...rows].sort((one, other) => {
    const x = read(one, field);
    const y = read(other, field);
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return (
      sign * (typeof x === "number" && typeof y === "number" ? x - y : order.compare(String(x), String(y)))
    );
  });
}
