/** The blueprint's grid as one edits it: counts by module and level, their sums and what the bank can supply. */
import type { Views } from "../../lib/api/server";

export type Level = Views["CellView"]["cognitive_level"];
export const levels: readonly Level[] = ["NB", "TH", "VD", "VDC"];

/** Counts by `module/level`; a cell that is not there asks for nothing. */
export type Counts = ReadonlyMap<string, number>;

export const cellKey = (module: string, level: string): string => `${module}/${level}`;

export const countsOf = (cells: readonly Views["CellView"][]): Map<string, number> =>
  new Map(cells.map((cell) => [cellKey(cell.module_code, cell.cognitive_level), cell.count]));

export const supplyOf = (supply: readonly Views["SupplyView"][]): Map<string, number> =>
  new Map(supply.map((cell) => [cellKey(cell.module_code, cell.cognitive_level), cell.available]));

/** The cells to store: those that ask for something, in the order of modules and levels. */
export function cellsOf(counts: Counts, modules: readonly string[]): Views["CellView"][] {
  return modules.flatMap((module_code) =>
    levels.flatMap((cognitive_level) => {
      const count = counts.get(cellKey(module_code, cognitive_level)) ?? 0;
      return count > 0 ? [{ module_code, cognitive_level, count }] : [];
    }),
  );
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

export const rowSum = (counts: Counts, module: string): number =>
  sum(levels.map((level) => counts.get(cellKey(module, level)) ?? 0));

export const columnSum = (counts: Counts, modules: readonly string[], level: Level): number =>
  sum(modules.map((module) => counts.get(cellKey(module, level)) ?? 0));

export const total = (counts: Counts): number => sum([...counts.values()]);

/** Keys of the cells that ask for more than the bank has; no item stands in two forms. */
export const shortCells = (counts: Counts, supply: Counts, formCount = 1): string[] =>
  [...counts].filter(([key, count]) => count * formCount > (supply.get(key) ?? 0)).map(([key]) => key);
