/** What an item looks like to whoever answers it, and the shape of an answer. */
import type { ItemView } from "../lib/api/types";

export type { ItemView };
export type Interaction = ItemView["interaction"];
export type ItemOf<Kind extends Interaction> = Extract<ItemView, { interaction: Kind }>;
export type Option = ItemOf<"single_choice">["options"][number];
export type Picture = ItemOf<"hotspot">["picture"];
export type Stimulus = NonNullable<ItemView["stimulus"]>;

/** The entries of QTI's response form, different for each interaction; none for no answer. */
export type Response = readonly string[];

/** What every kind of item needs; `onrespond` gets the whole new response. */
export interface KindProps<Kind extends Interaction> {
  item: ItemOf<Kind>;
  response: Response;
  isReadOnly: boolean;
  onrespond: (response: Response) => void;
}

/** Letters by the position shown, which differs per candidate: A, B, C … */
export const optionLetter = (index: number): string => String.fromCharCode(65 + index);

/** What stands before the first space of an entry, and what stands after it. */
export function halves(entry: string): [string, string] {
  const at = entry.indexOf(" ");
  return at < 0 ? [entry, ""] : [entry.slice(0, at), entry.slice(at + 1)];
}
