/** What places and facts of an item are called. */
import { levelName } from "../../words";
import { words } from "./words";

const known = (table: Record<string, string>, name: string): string => table[name] ?? name;

/** `options/B` as "Option B"; an empty place is the whole item. */
export function placeName(place: string): string {
  if (place === "") return words.whole;
  const [group = "", ...ids] = place.split("/");
  return [known(words.parts, group), ...ids].join(" ");
}

/** `gaps/g1/accepted` as "Gap g1 · Accepted". */
export function factName(path: string): string {
  const steps = path.split("/");
  const names: string[] = [];
  for (const [i, step] of steps.entries()) {
    const named = (words.wordsOf as Record<string, string>)[step];
    if (named === undefined && i > 0) names[names.length - 1] += ` ${step}`;
    else names.push(named ?? step);
  }
  return names.join(" · ");
}

export type Value = string | number | boolean | string[] | null;

/** A fact as a reader says it. */
export function valueText(value: Value, path = ""): string {
  if (value === null || value === "" || (Array.isArray(value) && value.length === 0)) return words.nothing;
  if (Array.isArray(value)) return value.join("; ");
  if (typeof value === "boolean") {
    if (path.startsWith("values/")) return value ? words.isTrue : words.isFalse;
    return value ? words.yes : words.no;
  }
  const last = path.split("/").at(-1) ?? "";
  if (last === "cognitive_level") return levelName(String(value));
  // Only codes have words of their own; what people typed stays as it is.
  return CODED.has(last) ? known(words.valueWords, String(value)) : String(value);
}

const CODED = new Set(["rule", "tolerance_in", "shape", "form", "interaction"]);

/** Everything a stored key says, one line for each fact. */
export function keyFacts(key: unknown): { path: string; value: Value }[] {
  const facts: { path: string; value: Value }[] = [];
  const read = (path: string, value: unknown): void => {
    const last = path.split("/").at(-1);
    if (last === "model_answer" || last === "form") return;
    if (last === "pairs") facts.push({ path, value: (value as string[][]).map((pair) => pair.join(" → ")) });
    else if (last === "accepted")
      facts.push({
        path,
        value: (value as { text: string; share: string }[]).map(({ text, share }) =>
          share === "1" ? text : `${text} (${share})`,
        ),
      });
    else if (Array.isArray(value) && value.some((entry) => typeof entry === "object"))
      for (const [i, entry] of value.entries())
        read(`${path}/${(entry as { id?: string }).id ?? i + 1}`, withoutId(entry as object));
    else if (Array.isArray(value))
      facts.push({ path, value: last === "coordinates" ? value.join(", ") : value.map(String) });
    else if (typeof value === "object" && value !== null)
      for (const [name, inner] of Object.entries(value)) read(path ? `${path}/${name}` : name, inner);
    else facts.push({ path, value: value as Value });
  };
  read("", key);
  return facts;
}

const withoutId = (entry: object): object =>
  Object.fromEntries(Object.entries(entry).filter(([name]) => name !== "id"));

const TEXTS = ["stem", "passage", "picture"];

/** Places of an item that a comment may be about, in reading order; the whole item first. */
export function commentPlaces(content: object, hasStimulus: boolean, canReadKeys: boolean): string[] {
  const places: string[] = [];
  const parts = (group: string, list: readonly unknown[]): void => {
    for (const part of list) {
      if (typeof part !== "object" || part === null) continue;
      const { id, name, options } = part as { id?: string; name?: string; options?: unknown };
      places.push(`${group}/${id ?? name}`);
      if (Array.isArray(options)) parts(`${group}/${id}`, options);
    }
  };
  for (const [name, value] of Object.entries(content)) if (Array.isArray(value)) parts(name, value);
  return [
    "",
    ...(hasStimulus ? ["stimulus"] : []),
    ...TEXTS.filter((name) => name in content),
    ...places,
    ...(canReadKeys ? ["key", "explanation"] : []),
    "metadata",
  ];
}
