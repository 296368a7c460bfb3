/** What differs between two states of a blueprint, and a repair applied to one. */
import type { Views } from "../../../lib/api/server";
import type { Draft } from "./draft";
import { rangeOf } from "./draft";
import { formatRange, type Range } from "./range";

export interface Change {
  /** `cells.IU01/NB`, `levels.NB`, `words` … */
  place: string;
  before: string;
  after: string;
}

const groups = ["cells", "modules", "levels"] as const;

/** Every value by its place; lists and groups are spread out. */
function flat(draft: Draft): Map<string, string> {
  const values = new Map<string, string>();
  for (const [field, value] of Object.entries(draft)) {
    if ((groups as readonly string[]).includes(field) || field === "seconds_per_item") {
      for (const [key, one] of Object.entries(value as Record<string, unknown>))
        values.set(`${field}.${key}`, String(one ?? ""));
    } else if (field === "points") {
      values.set(field, draft.points.map((point) => `${point.theta}: ${point.information}`).join("; "));
    } else values.set(field, value === null ? "" : String(value));
  }
  return values;
}

/** Places whose values differ, in the order of the draft. */
export function changesBetween(before: Draft, after: Draft): Change[] {
  const [one, other] = [flat(before), flat(after)];
  return [...new Set([...one.keys(), ...other.keys()])].flatMap((place) => {
    const change = { place, before: one.get(place) ?? "", after: other.get(place) ?? "" };
    return change.before === change.after ? [] : [change];
  });
}

type Step = Pick<Views["RepairStep"], "place" | "side" | "new_bound">;

const moved = (typed: string | undefined, step: Step): string => {
  const range: Range = { ...(rangeOf(typed) ?? { minimum: null, maximum: null }) };
  if (step.side !== null && step.new_bound !== null) range[step.side] = Math.round(step.new_bound);
  return formatRange(range);
};

/** The draft with the bounds of a repair, and how many of its steps do not speak of the blueprint. */
export function repaired(draft: Draft, steps: readonly Step[]): { draft: Draft; elsewhere: number } {
  let elsewhere = 0;
  let next = draft;
  for (const step of steps) {
    const [field = "", ...rest] = (step.place ?? "").split(".");
    const key = rest.join("/");
    if (field === "cells") next = { ...next, cells: { ...next.cells, [key]: moved(next.cells[key], step) } };
    else if (field === "module_totals")
      next = { ...next, modules: { ...next.modules, [key]: moved(next.modules[key], step) } };
    else if (field === "level_totals")
      next = { ...next, levels: { ...next.levels, [key]: moved(next.levels[key], step) } };
    else if (field === "key_balance") next = { ...next, keys: moved(next.keys, step) };
    else if (field === "words" || field === "seconds") next = { ...next, [field]: moved(next[field], step) };
    else if (field === "form_length" && step.new_bound !== null)
      next = { ...next, form_length: Math.round(step.new_bound) };
    else if (field === "recent_overlap" && step.new_bound !== null)
      next = { ...next, recent_items: Math.round(step.new_bound) };
    else if (field === "closeness" && step.new_bound !== null)
      next = { ...next, close_tolerance: Number((step.new_bound * 100).toPrecision(6)) };
    else elsewhere += 1;
  }
  return { draft: next, elsewhere };
}
