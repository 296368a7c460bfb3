/** A blueprint while it is being edited: ranges as they were typed, and what they amount to. */
import type { Views } from "../../../lib/api/server";
import { formatRange, isRange, meet, parseRange, type Range, sumOf } from "./range";

export type Level = Views["CellRange"]["cognitive_level"];
export const levels: readonly Level[] = ["NB", "TH", "VD", "VDC"];
export const letters = ["A", "B", "C", "D"] as const;

type Input = Views["BlueprintInput"];
/** Where places such as `cells.3` are counted. */
export type Statement = Pick<
  Input,
  "cells" | "module_totals" | "level_totals" | "reference_totals" | "parts"
>;
export type Kind = NonNullable<Input["parts"]>[number]["interactions"][number];
export const toolNames = ["strike_through", "highlighter", "notes", "zoom", "calculator"] as const;
type Texts = Readonly<Record<string, string>>;

/** A part of the form; `items` and `points` are ranges as typed. */
export interface DraftPart {
  readonly name: string;
  readonly kinds: readonly Kind[];
  readonly items: string;
  readonly points: string;
}

export interface Draft {
  readonly name: string;
  readonly form_length: number | null;
  readonly duration_minutes: number | null;
  readonly cut_theta: number | null;
  /** Ranges by `module/level`, by module, by level and by part of the syllabus. */
  readonly cells: Texts;
  readonly modules: Texts;
  readonly levels: Texts;
  readonly topics: Texts;
  readonly parts: readonly DraftPart[];
  readonly stimuli: string;
  readonly stimulus_items: string;
  readonly form_points: string;
  readonly keys: string;
  readonly words: string;
  readonly seconds: string;
  readonly seconds_per_item: Readonly<Record<Level, number | null>>;
  readonly rest_months: number | null;
  readonly previous_uses: number | null;
  readonly recent_items: number | null;
  readonly recent_months: number | null;
  readonly objective: "maximin" | "target";
  readonly offset: number | null;
  readonly points: readonly { readonly theta: number | null; readonly information: number | null }[];
  /** Per cent. */
  readonly target_tolerance: number | null;
  readonly is_close: boolean;
  readonly close_tolerance: number | null;
  readonly close_offset: number | null;
  readonly items_per_page: number | null;
  readonly tools: Readonly<Record<(typeof toolNames)[number], boolean>>;
}

/** A first proposal in the usual split of a 40-item basic form's length and time. */
export const emptyDraft: Draft = {
  name: "",
  form_length: 40,
  duration_minutes: 45,
  cut_theta: 0,
  cells: {},
  modules: {},
  levels: {},
  topics: {},
  parts: [],
  stimuli: "",
  stimulus_items: "",
  form_points: "",
  keys: "",
  words: "",
  seconds: "",
  seconds_per_item: { NB: 40, TH: 60, VD: 80, VDC: 110 },
  rest_months: null,
  previous_uses: null,
  recent_items: null,
  recent_months: null,
  objective: "maximin",
  offset: 1,
  points: [
    { theta: -1, information: 5 },
    { theta: 0, information: 6 },
    { theta: 1, information: 5 },
  ],
  target_tolerance: 1,
  is_close: true,
  close_tolerance: 5,
  close_offset: 1,
  items_per_page: 1,
  tools: { strike_through: true, highlighter: true, notes: true, zoom: true, calculator: false },
};

export const cellKey = (module: string, level: string): string => `${module}/${level}`;

const text = (range: { minimum?: number | null; maximum?: number | null } | null | undefined): string =>
  range ? formatRange({ minimum: range.minimum ?? null, maximum: range.maximum ?? null }) : "";

/** Per cent of a share, without the noise of binary fractions. */
export const perCent = (share: number): number => Number((share * 100).toPrecision(12));

export function draftOf(view: Views["BlueprintView"]): Draft {
  const target = view.objective?.kind === "target" ? view.objective : null;
  const maximin = view.objective?.kind === "maximin" ? view.objective : null;
  return {
    name: view.name,
    form_length: view.form_length,
    duration_minutes: view.duration_minutes,
    cut_theta: view.cut_theta,
    cells: Object.fromEntries(
      view.cells.map((cell) => [cellKey(cell.module_code, cell.cognitive_level), text(cell)]),
    ),
    modules: Object.fromEntries((view.module_totals ?? []).map((row) => [row.module_code, text(row)])),
    levels: Object.fromEntries((view.level_totals ?? []).map((row) => [row.cognitive_level, text(row)])),
    topics: Object.fromEntries((view.reference_totals ?? []).map((row) => [row.reference_code, text(row)])),
    parts: (view.parts ?? []).map((part) => ({
      name: part.name,
      kinds: part.interactions,
      items: text(part),
      points: text({ minimum: part.minimum_points ?? null, maximum: part.maximum_points ?? null }),
    })),
    stimuli: text(view.stimuli),
    stimulus_items: view.stimuli
      ? text({ minimum: view.stimuli.items_minimum, maximum: view.stimuli.items_maximum ?? null })
      : "",
    form_points: text(view.points),
    keys: text(view.key_balance),
    words: text(view.words),
    seconds: text(view.seconds),
    seconds_per_item: { ...emptyDraft.seconds_per_item, ...view.seconds_per_item },
    rest_months: view.rest_months ?? null,
    previous_uses: view.maximum_previous_uses ?? null,
    recent_items: view.recent_overlap?.maximum_items ?? null,
    recent_months: view.recent_overlap?.months ?? null,
    objective: target ? "target" : "maximin",
    offset: maximin?.offset ?? emptyDraft.offset,
    points: target?.points ?? emptyDraft.points,
    target_tolerance: target ? perCent(target.tolerance ?? 0.01) : emptyDraft.target_tolerance,
    is_close: view.closeness !== null,
    close_tolerance: perCent(view.closeness?.tolerance ?? 0.05),
    close_offset: view.closeness?.offset ?? emptyDraft.close_offset,
    items_per_page: view.items_per_page,
    tools: { ...emptyDraft.tools, ...view.tools },
  };
}

/** Both bounds: an open side ends where nothing more can come. */
const closed = (range: Range, most: number): { minimum: number; maximum: number } => ({
  minimum: range.minimum ?? 0,
  maximum: range.maximum ?? most,
});

export function rangeOf(typed: string | undefined): Range | null {
  const parsed = parseRange(typed ?? "");
  return isRange(parsed) ? parsed : null;
}

const LEAST_OF_A_STIMULUS = 2;
const isWhole = (part: DraftPart): boolean => part.name.trim() !== "" && part.kinds.length > 0;

/** What to store. Texts that cannot be read are left out; `faultsOf` has named them. */
export function inputOf(draft: Draft): Input {
  const most = draft.form_length ?? 0;
  const stated = <Row>(
    texts: Texts,
    row: (key: string, range: { minimum: number; maximum: number }) => Row,
  ): Row[] =>
    Object.keys(texts)
      .sort()
      .flatMap((key) => {
        const range = rangeOf(texts[key]);
        return range === null ? [] : [row(key, closed(range, most))];
      });
  const keys = rangeOf(draft.keys);
  const stimuli = rangeOf(draft.stimuli);
  const perStimulus = rangeOf(draft.stimulus_items);
  const seconds = (level: Level): number => draft.seconds_per_item[level] ?? 1;
  return {
    name: draft.name.trim().normalize("NFC"),
    form_length: most,
    duration_minutes: draft.duration_minutes ?? 0,
    cut_theta: draft.cut_theta ?? 0,
    // An exact zero is the same as no cell.
    cells: stated(draft.cells, (key, range) => {
      const [module_code = "", level = ""] = key.split("/");
      return { module_code, cognitive_level: level as Level, ...range };
    }).filter((cell) => cell.maximum > 0),
    module_totals: stated(draft.modules, (module_code, range) => ({ module_code, ...range })),
    level_totals: stated(draft.levels, (level, range) => ({ cognitive_level: level as Level, ...range })),
    reference_totals: stated(draft.topics, (reference_code, range) => ({ reference_code, ...range })),
    parts: draft.parts.filter(isWhole).map((part) => {
      const points = rangeOf(part.points);
      return {
        name: part.name.trim().normalize("NFC"),
        interactions: [...part.kinds],
        ...closed(rangeOf(part.items) ?? { minimum: null, maximum: null }, most),
        minimum_points: points?.minimum ?? null,
        maximum_points: points?.maximum ?? null,
      };
    }),
    stimuli:
      stimuli === null
        ? null
        : {
            ...closed(stimuli, most),
            items_minimum: perStimulus?.minimum ?? LEAST_OF_A_STIMULUS,
            items_maximum: perStimulus?.maximum ?? null,
          },
    points: rangeOf(draft.form_points),
    key_balance: keys === null ? null : closed(keys, most),
    words: rangeOf(draft.words),
    seconds: rangeOf(draft.seconds),
    seconds_per_item: { NB: seconds("NB"), TH: seconds("TH"), VD: seconds("VD"), VDC: seconds("VDC") },
    rest_months: draft.rest_months,
    maximum_previous_uses: draft.previous_uses,
    recent_overlap:
      draft.recent_items === null || draft.recent_months === null
        ? null
        : { maximum_items: draft.recent_items, months: draft.recent_months },
    objective:
      draft.objective === "maximin"
        ? { kind: "maximin", offset: draft.offset ?? 0 }
        : {
            kind: "target",
            points: draft.points.map(({ theta, information }) => ({
              theta: theta ?? 0,
              information: information ?? 0,
            })),
            tolerance: (draft.target_tolerance ?? 1) / 100,
          },
    closeness: draft.is_close
      ? { tolerance: (draft.close_tolerance ?? 5) / 100, offset: draft.close_offset ?? 0 }
      : null,
    items_per_page: draft.items_per_page ?? 1,
    tools: draft.tools,
  };
}

export type Supply = ReadonlyMap<string, number>;

export const supplyOf = (supply: readonly Views["SupplyView"][]): Map<string, number> =>
  new Map(supply.map((cell) => [cellKey(cell.module_code, cell.cognitive_level), cell.available]));

const cellsWhere = (draft: Draft, isMeant: (module: string, level: string) => boolean): Range[] =>
  Object.entries(draft.cells).flatMap(([key, typed]) => {
    const [module = "", level = ""] = key.split("/");
    const range = isMeant(module, level) ? rangeOf(typed) : null;
    return range === null ? [] : [closed(range, draft.form_length ?? 0)];
  });

export const demandOfModule = (draft: Draft, module: string): Range =>
  sumOf(cellsWhere(draft, (one) => one === module));
export const demandOfLevel = (draft: Draft, level: string): Range =>
  sumOf(cellsWhere(draft, (_, one) => one === level));
export const demandOfAll = (draft: Draft): Range => sumOf(cellsWhere(draft, () => true));

export type Fault =
  | { place: string; kind: "unreadable" | "reversed" | "nameless" | "kindless" | "repeated" }
  | { place: string; kind: "short"; needed: number; available: number }
  | { place: string; kind: "against_cells"; cells: Range }
  | { place: string; kind: "length"; cells: Range; length: number };

/** Fields that hold one range of the whole form. */
export const RANGES = ["keys", "words", "seconds", "form_points", "stimuli", "stimulus_items"] as const;
export const partPlace = (name: string): string => `parts.${name.trim().normalize("NFC")}`;

/** Faults that would leave something out of what is stored. */
export const isBlocking = (fault: Fault): boolean =>
  ["unreadable", "reversed", "nameless", "kindless", "repeated"].includes(fault.kind);

/** What can be seen to be wrong before anything is sent. `supply` is null while it is not known. */
export function faultsOf(draft: Draft, supply: Supply | null): Fault[] {
  const faults: Fault[] = [];
  const read = (place: string, typed: string): Range | null => {
    const parsed = parseRange(typed);
    if (parsed === "unreadable" || parsed === "reversed") faults.push({ place, kind: parsed });
    return isRange(parsed) ? parsed : null;
  };
  for (const [key, typed] of Object.entries(draft.cells)) {
    const needed = read(`cells.${key}`, typed)?.minimum ?? 0;
    const available = supply?.get(key) ?? 0;
    if (supply !== null && needed > available)
      faults.push({ place: `cells.${key}`, kind: "short", needed, available });
  }
  for (const [name, texts, demand] of [
    ["modules", draft.modules, demandOfModule],
    ["levels", draft.levels, demandOfLevel],
  ] as const) {
    for (const [key, typed] of Object.entries(texts)) {
      const stated = read(`${name}.${key}`, typed);
      const cells = demand(draft, key);
      if (stated && !meet(stated, cells))
        faults.push({ place: `${name}.${key}`, kind: "against_cells", cells });
    }
  }
  for (const [key, typed] of Object.entries(draft.topics)) read(`topics.${key}`, typed);
  for (const [index, part] of draft.parts.entries()) {
    const place = partPlace(part.name);
    if (part.name.trim() === "") faults.push({ place, kind: "nameless" });
    else if (draft.parts.findIndex((other) => partPlace(other.name) === place) < index)
      faults.push({ place, kind: "repeated" });
    if (part.kinds.length === 0) faults.push({ place, kind: "kindless" });
    read(place, part.items);
    read(`${place}.points`, part.points);
  }
  for (const place of RANGES) read(place, draft[place]);
  const cells = demandOfAll(draft);
  if (
    draft.form_length !== null &&
    !meet({ minimum: draft.form_length, maximum: draft.form_length }, cells)
  ) {
    faults.push({ place: "form_length", kind: "length", cells, length: draft.form_length });
  }
  return faults;
}

/** The place in the draft that the server means by `cells.3` of what was sent. */
export function placeOf(place: string, sent: Statement): string {
  const [field = "", index] = place.split(".");
  const number = Number(index);
  if (field === "cells") {
    const cell = sent.cells[number];
    return cell ? `cells.${cellKey(cell.module_code, cell.cognitive_level)}` : place;
  }
  if (field === "module_totals") return `modules.${sent.module_totals?.[number]?.module_code ?? index}`;
  if (field === "level_totals") return `levels.${sent.level_totals?.[number]?.cognitive_level ?? index}`;
  if (field === "reference_totals")
    return `topics.${sent.reference_totals?.[number]?.reference_code ?? index}`;
  if (field === "parts") {
    const part = sent.parts?.[number];
    return part ? partPlace(part.name) : place;
  }
  if (field === "objective") return place;
  return { key_balance: "keys", points: "form_points" }[field] ?? field;
}
