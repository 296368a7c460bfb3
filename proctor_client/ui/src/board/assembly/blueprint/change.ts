/** What differs between two states of a blueprint, and a repair applied to one. */
import type { Views } from "../../../lib/api/server";
import type { Draft } from "./draft";
import { partPlace, perCent, placeOf, RANGES, rangeOf, type Statement } from "./draft";
import { formatRange, type Range } from "./range";

export interface Change {
  /** `cells.IU01/NB`, `levels.NB`, `words` … */
  place: string;
  before: string;
  after: string;
}

const groups = ["cells", "modules", "levels", "topics"] as const;

/** Every value by its place; lists and groups are spread out. */
function flat(draft: Draft): Map<string, string> {
  const values = new Map<string, string>();
  for (const [field, value] of Object.entries(draft)) {
    if ((groups as readonly string[]).includes(field) || field === "seconds_per_item" || field === "tools") {
      for (const [key, one] of Object.entries(value as Record<string, unknown>))
        values.set(`${field}.${key}`, String(one ?? ""));
    } else if (field === "points") {
      values.set(field, draft.points.map((point) => `${point.theta}: ${point.information}`).join("; "));
    } else if (field === "parts") {
      for (const part of draft.parts)
        values.set(partPlace(part.name), [part.items, part.points, part.kinds.join(", ")].join("; "));
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

type Step = Pick<Views["RepairStep"], "place" | "side" | "new_bound"> & { code?: string };

const moved = (typed: string | undefined, step: Step): string => {
  const range: Range = { ...(rangeOf(typed) ?? { minimum: null, maximum: null }) };
  if (step.side !== null && step.new_bound !== null) range[step.side] = Math.round(step.new_bound);
  return formatRange(range);
};

/**
 * The draft with the bounds of a repair, and how many of its steps do not speak of the blueprint. `stated` is the
 * blueprint that the repair was found for: its places are counted in there.
 */
export function repaired(
  draft: Draft,
  steps: readonly Step[],
  stated: Statement,
): { draft: Draft; elsewhere: number } {
  let elsewhere = 0;
  let next = draft;
  for (const step of steps) {
    const place = placeOf(step.place ?? "", stated);
    const group = groups.find((one) => place.startsWith(`${one}.`));
    const bound = step.new_bound;
    const range = RANGES.find((one) => one === place);
    if (group !== undefined) {
      const key = place.slice(group.length + 1);
      next = { ...next, [group]: { ...next[group], [key]: moved(next[group][key], step) } };
    } else if (step.place === "stimuli.items_minimum") {
      next = { ...next, stimulus_items: moved(next.stimulus_items, step) };
    } else if (range !== undefined) {
      next = { ...next, [range]: moved(next[range], step) };
    } else if (place.startsWith("parts.")) {
      const field = step.code === "total" ? "points" : "items";
      next = {
        ...next,
        parts: next.parts.map((part) =>
          partPlace(part.name) === place ? { ...part, [field]: moved(part[field], step) } : part,
        ),
      };
    } else if (place === "form_length" && bound !== null) next = { ...next, form_length: Math.round(bound) };
    else if (place === "recent_overlap" && bound !== null)
      next = { ...next, recent_items: Math.round(bound) };
    else if (place === "closeness" && bound !== null) next = { ...next, close_tolerance: perCent(bound) };
    else elsewhere += 1;
  }
  return { draft: next, elsewhere };
}
