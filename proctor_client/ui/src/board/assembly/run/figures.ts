/** Figures of assembled forms that the page works out itself. */
import type { Views } from "../../../lib/api/server";

type Item = Views["AssembledItemView"];

/** Most items that a form shares with another one of the same assembly; null where it is alone. */
export function mostShared(overlap: readonly (readonly number[])[], formNumber: number): number | null {
  const others = (overlap[formNumber - 1] ?? []).filter((_, i) => i !== formNumber - 1);
  return others.length === 0 ? null : Math.max(...others);
}

export interface Exposed {
  item: Item;
  /** Forms of this assembly that hold the item. */
  forms: readonly string[];
}

/** Every item once, with the forms that hold it. */
export function exposed(forms: readonly Views["AssembledFormView"][]): Exposed[] {
  const found = new Map<string, { item: Item; forms: string[] }>();
  for (const form of forms) {
    for (const item of form.items) {
      const known = found.get(item.item_id);
      if (known) known.forms.push(form.form_code);
      else found.set(item.item_id, { item, forms: [form.form_code] });
    }
  }
  return [...found.values()];
}

/** How many items stand in 1, 2, 3 … forms, by the count of forms. */
export function tally(counts: readonly number[]): { forms: number; items: number }[] {
  const found = new Map<number, number>();
  for (const count of counts) found.set(count, (found.get(count) ?? 0) + 1);
  return [...found].map(([forms, items]) => ({ forms, items })).sort((one, other) => one.forms - other.forms);
}
