/** What the counts of a blueprint amount to in points and time, by the items that the bank has for each cell. */
import type { Views } from "../../../lib/api/server";
import { cellKey, type Draft, type Level, levels, rangeOf } from "./draft";
import type { Range } from "./range";

export const views = ["items", "points", "minutes"] as const;
export type View = (typeof views)[number];

type CellSupply = Views["FeasibilityView"]["cells"][number];

/** Least and most of a cell; nulls where nothing is demanded. */
export interface Amount {
  readonly minimum: number;
  readonly maximum: number;
}

/** Amounts of every cell with a demand, in the unit of the view; by the mean of the bank's items, else of the level. */
export function amountsOf(draft: Draft, supply: readonly CellSupply[], view: View): Map<string, Amount> {
  const known = new Map(supply.map((cell) => [cellKey(cell.module_code, cell.cognitive_level), cell]));
  const found = new Map<string, Amount>();
  for (const [key, typed] of Object.entries(draft.cells)) {
    const range = rangeOf(typed);
    if (range === null) continue;
    const level = key.split("/")[1] as Level;
    const cell = known.get(key);
    const seconds = cell?.mean_seconds ?? draft.seconds_per_item[level] ?? 0;
    const unit = view === "items" ? 1 : view === "points" ? (cell?.mean_points ?? 1) : seconds / 60;
    const { minimum, maximum } = closedOf(range, draft.form_length ?? 0);
    found.set(key, { minimum: minimum * unit, maximum: maximum * unit });
  }
  return found;
}

const closedOf = (range: Range, most: number): Amount => ({
  minimum: range.minimum ?? 0,
  maximum: range.maximum ?? most,
});

/** The sum over a module, a level or everything. */
export function totalOf(
  amounts: ReadonlyMap<string, Amount>,
  module: string | null,
  level: string | null,
): Amount {
  let [minimum, maximum] = [0, 0];
  for (const [key, amount] of amounts) {
    const [ofModule, ofLevel] = key.split("/");
    if ((module !== null && module !== ofModule) || (level !== null && level !== ofLevel)) continue;
    minimum += amount.minimum;
    maximum += amount.maximum;
  }
  return { minimum, maximum };
}

/** Per cent of the whole: of the mean of what is demanded at least and at most. */
export function shareOf(amount: Amount, whole: Amount): number | null {
  const all = whole.minimum + whole.maximum;
  return all === 0 ? null : ((amount.minimum + amount.maximum) / all) * 100;
}

export const hasDemand = (draft: Draft, module: string): boolean =>
  levels.some((level) => draft.cells[cellKey(module, level)] !== undefined);
