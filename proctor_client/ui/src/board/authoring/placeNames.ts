/** What a place of an item is called, for lists of faults. */
import { type Content, letterId } from "./model/work";
import { words } from "./words";

const indexOf = (parts: readonly { id: string }[], id: string): number =>
  parts.findIndex((part) => part.id === id);

function groupOf(content: Content, group: string): readonly { id: string }[] {
  const parts: unknown = (content as unknown as Record<string, unknown>)[group];
  return Array.isArray(parts) ? parts.filter((part): part is { id: string } => typeof part === "object") : [];
}

/** The name of what is at a place, such as "Option B"; empty where the fault says it itself. */
export function placeName(content: Content, place: string): string {
  const [group = "", id = "", rest = ""] = place.split("/");
  if (group === "key") {
    if (id === "gaps") return placeName(content, `gaps/${rest}`);
    if (id === "values") return placeName(content, `statements/${rest}`);
    if (id === "areas") return words.area(Number(rest));
    return "";
  }
  const index = indexOf(groupOf(content, group), id);
  switch (group) {
    case "stem":
      return words.stem;
    case "passage":
      return words.passage;
    case "explanation":
      return words.explanationTitle;
    default:
  }
  if (index < 0) return "";
  switch (group) {
    case "options":
      // The steps of an order stand in the order of the key, which is not that of their ids.
      return content.interaction === "order" ? "" : words.option(letterId(index));
    case "statements":
      return words.statement(String.fromCharCode(97 + index));
    case "sources":
      return words.source(index + 1);
    case "targets":
      return words.target(letterId(index));
    case "texts":
      return words.text(letterId(index));
    case "units":
      return words.unitOf(letterId(index));
    case "hotspots":
      return words.area(index + 1);
    case "gaps": {
      const gap = content.interaction === "inline_choice" ? content.gaps[index] : undefined;
      const option = gap ? indexOf(gap.options, rest) : -1;
      return option < 0 ? words.gap(index + 1) : words.gapOption(index + 1, letterId(option));
    }
    default:
      return "";
  }
}
