/** What the candidate has answered, as a fold over the journal; no browser needed. */
import type { JournalOp, SeatView } from "../lib/api/types";

/** What happened, before it gets its number and time. */
export type Act =
  | { kind: "answer"; item: string; value: readonly string[] }
  | { kind: "clear" | "flag" | "unflag" | "navigate"; item: string }
  | { kind: "leave_section"; value: readonly [string] }
  | { kind: WindowKind; value?: readonly [string] }
  | { kind: "focus_lost" | "focus_gained" | "offline" | "online" };

/** What the page watches, asks for and blocks, as the server says with the seat. */
export type LockdownSettings = SeatView["lockdown"];

/** Events of the window; a value says how many times one stands for. */
export type WindowKind =
  | Exclude<LockdownSettings["events"][number], "focus" | "fullscreen">
  | "fullscreen_left"
  | "fullscreen_back";

export interface Answers {
  /** Only items with an answer; a cleared one is absent. */
  readonly responses: ReadonlyMap<string, readonly string[]>;
  readonly flagged: ReadonlySet<string>;
  /** The item looked at last. */
  readonly current: string | null;
}

export const noAnswers: Answers = { responses: new Map(), flagged: new Set(), current: null };

/** The answers after one more act; the given value is not changed. */
export function apply(answers: Answers, act: Act): Answers {
  switch (act.kind) {
    case "answer":
      return { ...answers, responses: new Map(answers.responses).set(act.item, act.value) };
    case "clear": {
      const responses = new Map(answers.responses);
      responses.delete(act.item);
      return { ...answers, responses };
    }
    case "flag":
      return { ...answers, flagged: new Set(answers.flagged).add(act.item) };
    case "unflag": {
      const flagged = new Set(answers.flagged);
      flagged.delete(act.item);
      return { ...answers, flagged };
    }
    case "navigate":
      return { ...answers, current: act.item };
    default:
      return answers;
  }
}

/** What stored operations say, in their order. */
export const actsOf = (ops: readonly JournalOp[]): Act[] => ops.map(({ body }) => JSON.parse(body) as Act);

/** The answers that a course of acts amounts to. */
export const fold = (acts: readonly Act[]): Answers => acts.reduce(apply, noAnswers);

/** Positions (from 1) of the items of a paper that satisfy `test`. */
export function positions<Item>(items: readonly Item[], test: (item: Item) => boolean): number[] {
  return items.flatMap((item, i) => (test(item) ? [i + 1] : []));
}
