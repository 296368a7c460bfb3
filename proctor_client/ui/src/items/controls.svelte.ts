/** The controls of each interaction. The commonest are always at hand, every other comes as a part of its own. */
import type { Component } from "svelte";
import MultipleResponse from "./kinds/MultipleResponse.svelte";
import SingleChoice from "./kinds/SingleChoice.svelte";
import TrueFalseTable from "./kinds/TrueFalseTable.svelte";
import type { Interaction, KindProps } from "./types";

type AtHand = "single_choice" | "multiple_response" | "true_false_table";
type Controls<Kind extends Interaction> = Component<KindProps<Kind>>;
/** Controls that take the item beside whose interaction they were looked up. */
type AnyControls = Component<KindProps<Interaction>>;

const atHand: { [Kind in AtHand]: Controls<Kind> } = {
  single_choice: SingleChoice,
  multiple_response: MultipleResponse,
  true_false_table: TrueFalseTable,
};

const parts: { [Kind in Exclude<Interaction, AtHand>]: () => Promise<{ default: Controls<Kind> }> } = {
  match: () => import("./kinds/Match.svelte"),
  order: () => import("./kinds/Order.svelte"),
  gap_match: () => import("./kinds/GapMatch.svelte"),
  inline_choice: () => import("./kinds/InlineChoice.svelte"),
  text_entry: () => import("./kinds/TextEntry.svelte"),
  numeric_entry: () => import("./kinds/NumericEntry.svelte"),
  hot_text: () => import("./kinds/HotText.svelte"),
  hotspot: () => import("./kinds/Hotspot.svelte"),
  select_point: () => import("./kinds/SelectPoint.svelte"),
  slider: () => import("./kinds/Slider.svelte"),
  extended_text: () => import("./kinds/ExtendedText.svelte"),
  file_upload: () => import("./files/FileUpload.svelte"),
};

const loaders = parts as unknown as Partial<Record<Interaction, () => Promise<{ default: AnyControls }>>>;
let here = $state.raw(atHand as unknown as Partial<Record<Interaction, AnyControls>>);

/** Every kind of item whose controls come as a part of their own. */
export const laterInteractions = Object.keys(parts) as Interaction[];

/** The controls of a kind of item, once they are here. */
export const controlsOf = (interaction: Interaction): AnyControls | undefined => here[interaction];

/** Fetches the controls that are not here yet; rejects when one of them cannot be fetched. */
export async function bringControls(wanted: Iterable<Interaction>): Promise<void> {
  const missing = [...new Set(wanted)].filter((kind) => !here[kind]);
  const brought = await Promise.all(
    missing.map(async (kind) => [kind, (await loaders[kind]?.())?.default] as const),
  );
  if (brought.length > 0) here = { ...here, ...Object.fromEntries(brought) };
}
