/** How far an item is answered, for the list of questions and the review; says nothing about being right. */
import { readings } from "./typedNumbers";
import { halves, type ItemView, type Response } from "./types";

export type AnswerState = "none" | "partial" | "complete";

export function answerState(item: ItemView, response: Response): AnswerState {
  if (!response.some((entry) => !isBlank(item, entry))) return "none";
  return isComplete(item, response) ? "complete" : "partial";
}

function isBlank(item: ItemView, entry: string): boolean {
  return (item.interaction === "text_entry" ? halves(entry)[1] : entry).trim() === "";
}

function isComplete(item: ItemView, response: Response): boolean {
  const firsts = new Set(response.map((entry) => halves(entry)[0]));
  switch (item.interaction) {
    case "multiple_response":
    case "hot_text":
    case "hotspot":
      return response.length >= item.min_choices;
    case "true_false_table":
      return firsts.size >= item.statements.length;
    case "match": {
      // Where targets are fewer than sources, nothing is missing once all of them are used up.
      const room = item.max_per_target ? item.targets.length * item.max_per_target : Number.POSITIVE_INFINITY;
      return firsts.size >= item.sources.length || response.length >= room;
    }
    case "order":
      return response.length >= item.options.length;
    case "gap_match":
      return (
        response.length >= item.gaps.length || (!item.is_reusable && response.length >= item.texts.length)
      );
    case "inline_choice":
      return firsts.size >= item.gaps.length;
    case "text_entry":
      return response.filter((entry) => !isBlank(item, entry)).length >= item.gaps.length;
    case "numeric_entry":
      return (
        readings(response[0] ?? "", item.unit).length > 0 && (item.units.length === 0 || Boolean(response[1]))
      );
    default:
      return true;
  }
}
