/** A tool beside every option of a question, where the page above has one. */
import { type Component, getContext, setContext } from "svelte";

export interface OptionToolProps {
  /** Ref of the item. */
  item: string;
  /** Id of the option. */
  value: string;
  letter: string;
  isChosen: boolean;
}

/** By the item's ref; null while there is none. */
export type OptionTool = (item: string) => Component<OptionToolProps> | null;

const KEY = Symbol("option tool");
const ITEM = Symbol("item");

/** Puts a tool beside the options below the calling component. */
export const provideOptionTool = (tool: OptionTool): OptionTool => setContext(KEY, tool);

export const optionTool = (): OptionTool => getContext<OptionTool | undefined>(KEY) ?? (() => null);

/** Says which item the options below the calling component belong to. */
export const provideItem = (ref: string): string => setContext(ITEM, ref);

export const itemOfOptions = (): string => getContext<string | undefined>(ITEM) ?? "";
