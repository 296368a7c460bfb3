/** What an item looks like to whoever answers it, and the shape of an answer. */
import type { ItemView } from "../lib/api/types";

export type { ItemView };

/** Chosen option ids, in QTI's response form: one id for single choice, none for no answer. */
export type Response = readonly string[];

/** What every kind of item needs; `onrespond` gets the whole new response. */
export interface KindProps<View extends ItemView> {
  item: View;
  response: Response;
  isReadOnly: boolean;
  onrespond: (response: Response) => void;
}

/** Letters by the position shown, which differs per candidate: A, B, C … */
export const optionLetter = (index: number): string => String.fromCharCode(65 + index);
