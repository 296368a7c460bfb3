/** The grid of a blueprint as rows and columns of fields that one moves about in. */
import { cellKey, type Draft, levels } from "./draft";

export type Group = "cells" | "modules" | "levels" | "topics";

/** A field of the grid. */
export interface Address {
  readonly group: Group;
  readonly key: string;
}
export interface GridChange extends Address {
  readonly text: string;
}
export type Row =
  | { readonly kind: "module"; readonly code: string }
  | { readonly kind: "topic"; readonly code: string; readonly module: string }
  | { readonly kind: "levels" };

/** The column of totals, behind the levels. */
export const TOTAL = levels.length;

export const moduleOfTopic = (code: string): string => code.split(".")[0] ?? code;

/** `IU04.2` before `IU04.10`. */
const byNumbers = (one: string, other: string): number => one.localeCompare(other, "en", { numeric: true });

export const topicsOf = (draft: Draft, module: string): string[] =>
  Object.keys(draft.topics)
    .filter((code) => moduleOfTopic(code) === module)
    .sort(byNumbers);

/** Modules with their topics beneath, unless they are folded, and the totals of levels at the end. */
export function rowsOf(
  draft: Draft,
  modules: readonly string[],
  isFolded: (module: string) => boolean,
): Row[] {
  return [
    ...modules.flatMap((code): Row[] => [
      { kind: "module", code },
      ...(isFolded(code)
        ? []
        : topicsOf(draft, code).map((topic): Row => ({ kind: "topic", code: topic, module: code }))),
    ]),
    { kind: "levels" },
  ];
}

/** The field in a column of a row; null where the grid only shows something. */
export function addressIn(row: Row | undefined, column: number): Address | null {
  const level = levels[column];
  if (row === undefined || column < 0 || column > TOTAL) return null;
  if (row.kind === "topic") return column === TOTAL ? { group: "topics", key: row.code } : null;
  if (row.kind === "levels") return level === undefined ? null : { group: "levels", key: level };
  return level === undefined
    ? { group: "modules", key: row.code }
    : { group: "cells", key: cellKey(row.code, level) };
}

export const textAt = (draft: Draft, { group, key }: Address): string => draft[group][key] ?? "";

/** The draft after the changes; an empty text takes a demand away, but a topic stays until it is removed. */
export function changed(draft: Draft, changes: readonly GridChange[]): Pick<Draft, Group> {
  const next = {
    cells: { ...draft.cells },
    modules: { ...draft.modules },
    levels: { ...draft.levels },
    topics: { ...draft.topics },
  };
  for (const { group, key, text } of changes) {
    if (text.trim() === "" && group !== "topics") delete next[group][key];
    else next[group][key] = text;
  }
  return next;
}
