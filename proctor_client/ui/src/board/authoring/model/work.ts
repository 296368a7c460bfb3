/** What an author works on: content, key and details of one item, incomplete while it is written. */
import type { Views } from "../../../lib/api/server";
import { shares2025 } from "./rule2025";

export type Editable = Views["EditableItem"];
export type Content = Editable["content"];
export type Key = NonNullable<Editable["key"]>;
export type Kind = Content["interaction"];
export type ContentOf<K extends Kind> = Extract<Content, { interaction: K }>;
export type KeyForm = Key["form"];
export type KeyOf<F extends KeyForm> = Extract<Key, { form: F }>;
export type Level = Editable["cognitive_level"];
export type Option = ContentOf<"single_choice">["options"][number];
export type Picture = ContentOf<"hotspot">["picture"];
export type Shape = ContentOf<"hotspot">["hotspots"][number]["shape"];
export type StartingFile = ContentOf<"file_upload">["starting_files"][number];
export type Criterion = KeyOf<"rubric">["criteria"][number];

export interface Details {
  reference_code: string;
  cognitive_level: Level;
  /** With a decimal point. */
  points: string;
  expected_seconds: number | null;
  source: string;
  tags: readonly string[];
  stimulus_code: string | null;
  /** Rich text. */
  explanation: string;
}

/** The key has the form of the kind and may still say nothing; see `wire` for what is sent. */
export interface Work {
  content: Content;
  key: Key;
  details: Details;
}

export const levels: readonly Level[] = ["NB", "TH", "VD", "VDC"];

export const kinds: readonly Kind[] = [
  "single_choice",
  "multiple_response",
  "true_false_table",
  "text_entry",
  "numeric_entry",
  "match",
  "order",
  "gap_match",
  "inline_choice",
  "hot_text",
  "hotspot",
  "select_point",
  "slider",
  "extended_text",
  "file_upload",
];

/** Ids of options by place: A … Z, then AA, AB … */
export function letterId(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : `${letterId(Math.floor(index / 26) - 1)}${last}`;
}

/** The first id of the row that none of the given parts has. */
export function freshId(
  parts: readonly { id: string }[],
  name: (index: number) => string = letterId,
): string {
  const taken = new Set(parts.map(({ id }) => id));
  for (let index = 0; ; index++) if (!taken.has(name(index))) return name(index);
}

export const numbered =
  (prefix: string) =>
  (index: number): string =>
    `${prefix}${index + 1}`;

export const blankOption = (id: string): Option => ({ id, content: "", is_fixed: false });

export const blankOptions = (count: number, name: (index: number) => string = letterId): Option[] =>
  Array.from({ length: count }, (_, index) => blankOption(name(index)));

export const noPicture: Picture = { media: "", alternative_text: "", width: 1, height: 1 };

/** An item of the kind with nothing written in it. */
export function blankContent(kind: Kind, stem = "", language = "vi"): Content {
  const asked = { stem, language };
  const passage = "";
  switch (kind) {
    case "single_choice":
      return { ...asked, interaction: kind, options: blankOptions(4), is_shuffled: true };
    case "multiple_response":
      return {
        ...asked,
        interaction: kind,
        options: blankOptions(4),
        is_shuffled: true,
        min_choices: 0,
        max_choices: null,
      };
    case "true_false_table":
      return {
        ...asked,
        interaction: kind,
        statements: ["a", "b", "c", "d"].map((id) => ({ id, content: "" })),
        is_shuffled: true,
      };
    case "match":
      return {
        ...asked,
        interaction: kind,
        sources: blankOptions(3, numbered("s")),
        targets: blankOptions(3, numbered("t")),
        is_shuffled: true,
        max_per_source: 1,
        max_per_target: 1,
      };
    case "order":
      return { ...asked, interaction: kind, options: blankOptions(4) };
    case "gap_match":
      return {
        ...asked,
        interaction: kind,
        passage,
        texts: [],
        gaps: [],
        is_reusable: false,
        is_shuffled: true,
      };
    case "inline_choice":
      return { ...asked, interaction: kind, passage, gaps: [], is_shuffled: true };
    case "text_entry":
      return { ...asked, interaction: kind, passage, gaps: [] };
    case "numeric_entry":
      return { ...asked, interaction: kind, unit: "", units: [], expected_length: 8 };
    case "hot_text":
      return { ...asked, interaction: kind, passage, hottexts: [], min_choices: 0, max_choices: 1 };
    case "hotspot":
      return {
        ...asked,
        interaction: kind,
        picture: noPicture,
        hotspots: [],
        min_choices: 0,
        max_choices: 1,
      };
    case "select_point":
      return { ...asked, interaction: kind, picture: noPicture, max_points: 1 };
    case "slider":
      return { ...asked, interaction: kind, lower: "0", upper: "100", step: "1", unit: "" };
    case "extended_text":
      return { ...asked, interaction: kind, expected_lines: 8, max_characters: 4000 };
    case "file_upload":
      return {
        ...asked,
        interaction: kind,
        starting_files: [],
        file_types: ["docx"],
        max_files: 1,
        max_file_bytes: 20_000_000,
      };
  }
}

export const keyForms = {
  single_choice: "choice",
  multiple_response: "choice",
  true_false_table: "true_false",
  match: "pairs",
  order: "order",
  gap_match: "pairs",
  inline_choice: "pairs",
  text_entry: "text",
  numeric_entry: "number",
  hot_text: "choice",
  hotspot: "choice",
  select_point: "areas",
  slider: "number",
  extended_text: "rubric",
  file_upload: "rubric",
} as const satisfies Record<Kind, KeyForm>;

/** A key of the kind that says nothing yet. */
export function blankKey(kind: Kind): Key {
  const form = keyForms[kind];
  switch (form) {
    case "choice":
      return { form, correct: [], scoring: { rule: "all_or_nothing" } };
    case "true_false":
      return { form, values: {}, scoring: { rule: "by_count", shares: [...shares2025] } };
    case "pairs":
      return { form, pairs: [], scoring: { rule: kind === "match" ? "all_or_nothing" : "per_part" } };
    case "order":
      return { form, order: [], scoring: { rule: "all_or_nothing" } };
    case "text":
      return { form, gaps: {}, scoring: { rule: "per_part" } };
    case "number":
      return {
        form,
        value: "",
        tolerance: "0",
        tolerance_in: "units",
        unit: null,
        share_with_wrong_unit: "0",
      };
    case "areas":
      return { form, areas: [], penalty: "0" };
    case "rubric":
      return { form, criteria: [], model_answer: "" };
  }
}

export const blankWork = (kind: Kind): Work => ({
  content: blankContent(kind),
  key: blankKey(kind),
  details: {
    reference_code: "",
    cognitive_level: "NB",
    points: "1",
    expected_seconds: null,
    source: "",
    tags: [],
    stimulus_code: null,
    explanation: "",
  },
});

/** A stored item as an author opens it. */
export function workOf(item: Editable): Work {
  const { content, key } = item;
  return {
    content,
    key: key ?? blankKey(content.interaction),
    details: {
      reference_code: item.reference_code,
      cognitive_level: item.cognitive_level,
      points: item.points,
      expected_seconds: item.expected_seconds ?? null,
      source: item.source,
      tags: item.tags,
      stimulus_code: item.stimulus_code ?? null,
      explanation: item.explanation,
    },
  };
}
