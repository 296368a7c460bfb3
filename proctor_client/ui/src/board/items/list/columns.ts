/** Columns that the list can show, in their order, and those the server can sort by. */
import type { Column } from "../../../lib/ui/Table.svelte";
import { words } from "./words";

export type ColumnName = keyof typeof words.columns;

export const COLUMN_NAMES = Object.keys(words.columns) as ColumnName[];

const SORTABLE: ReadonlySet<string> = new Set([
  "code",
  "module_code",
  "cognitive_level",
  "interaction",
  "status",
  "p",
  "item_rest",
  "a",
  "b",
  "expected_seconds",
  "updated_at",
]);
const FIGURES: ReadonlySet<string> = new Set(["p", "item_rest", "a", "b", "expected_seconds", "version"]);

/** The table's columns; code and text are always among them. */
export function tableColumns(chosen: readonly string[]): Column[] {
  const shown = COLUMN_NAMES.filter((name) => name === "code" || name === "content" || chosen.includes(name));
  return [
    { key: "choose", label: words.choose, isLabelHidden: true },
    ...shown.map(
      (name): Column => ({
        key: name,
        label: words.columns[name],
        isSortable: SORTABLE.has(name),
        align: FIGURES.has(name) ? "end" : "start",
        isOneLine: name === "cognitive_level" || name === "interaction" || name === "expected_seconds",
        ...(name === "content" ? { minWidth: "16rem" } : {}),
      }),
    ),
  ];
}
