/** A tool beside every option of a question, where the page above has one. */
import { type Component, getContext, setContext } from "svelte";

export interface OptionToolProps {
  /** Id of the option. */
  value: string;
  letter: string;
  isChosen: boolean;
}

/** Null while there is none. */
export type OptionTool = () => Component<OptionToolProps> | null;

const KEY = Symbol("option tool");

/** Puts a tool beside the options below the calling component. */
export const provideOptionTool = (tool: OptionTool): OptionTool => setContext(KEY, tool);

export const optionTool = (): OptionTool => getContext<OptionTool | undefined>(KEY) ?? (() => null);
