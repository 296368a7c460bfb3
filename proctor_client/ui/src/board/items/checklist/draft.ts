/** A checklist while it is being changed: questions with a name that stays, and what differs from a stored version. */
import type { Views } from "../../../lib/api/server";

export type Question = Views["Question"];
export type Checklist = Views["ChecklistView"];

export interface DraftQuestion extends Question {
  /** Stays the question's own while it moves. */
  readonly id: number;
}
export type Draft = readonly DraftQuestion[];

export const MOST_QUESTIONS = 40;

/** The questions of a version as a draft. */
export const draftOf = (questions: readonly Question[]): Draft =>
  questions.map((question, i) => ({
    id: i,
    code: question.code,
    text: question.text,
    text_en: question.text_en,
    source: question.source,
    interactions: [...question.interactions],
    is_decisive: question.is_decisive,
  }));

export const inputOf = (draft: Draft): Question[] => draft.map(({ id: _, ...question }) => question);

/** Whether a kind of item is asked the question. */
export const isAskedOf = (question: Question, kind: string): boolean =>
  kind === "" || question.interactions.length === 0 || question.interactions.some((one) => one === kind);

/** A question more, at the end; its code is one that no known version has given another question. */
export function withNew(draft: Draft, known: readonly Checklist[]): { draft: Draft; id: number } {
  const taken = new Set([...draft, ...known.flatMap(({ questions }) => questions)].map(({ code }) => code));
  let number = 1;
  while (taken.has(`own_${number}`)) number += 1;
  const id = Math.max(-1, ...draft.map((one) => one.id)) + 1;
  const blank = {
    id,
    code: `own_${number}`,
    text: "",
    text_en: "",
    source: "",
    interactions: [],
    is_decisive: false,
  };
  return { draft: [...draft, blank], id };
}

export const withChange = (draft: Draft, id: number, change: Partial<Question>): Draft =>
  draft.map((one) => (one.id === id ? { ...one, ...change } : one));

/** The question a step up or down. */
export function moved(draft: Draft, id: number, step: 1 | -1): Draft {
  const at = draft.findIndex((one) => one.id === id);
  const next = [...draft];
  const [question] = next.splice(at, 1);
  if (question) next.splice(Math.max(0, at + step), 0, question);
  return next;
}

export interface Changes {
  added: string[];
  removed: string[];
  changed: string[];
  isReordered: boolean;
}

const said = (question: Question): string =>
  JSON.stringify([
    question.text.trim(),
    question.text_en.trim(),
    question.source.trim(),
    [...question.interactions].sort(),
    question.is_decisive,
  ]);

/** What a draft changes about a version, by the texts of the questions. */
export function changesOf(draft: readonly Question[], stored: readonly Question[]): Changes {
  const before = new Map(stored.map((question) => [question.code, question]));
  const after = new Set(draft.map(({ code }) => code));
  const stayed = draft.filter(({ code }) => before.has(code));
  return {
    added: draft.filter(({ code }) => !before.has(code)).map(({ text }) => text),
    removed: stored.filter(({ code }) => !after.has(code)).map(({ text }) => text),
    changed: stayed.filter((one) => said(one) !== said(before.get(one.code) ?? one)).map(({ text }) => text),
    isReordered:
      stayed.map(({ code }) => code).join() !==
      stored
        .map(({ code }) => code)
        .filter((code) => after.has(code))
        .join(),
  };
}

export const isChanged = ({ added, removed, changed, isReordered }: Changes): boolean =>
  added.length + removed.length + changed.length > 0 || isReordered;

/** Faults that the server would name, at their places, before it is asked. */
export type OwnFault = "text" | "decisive";
export function ownFaults(draft: Draft): { id: number | null; fault: OwnFault }[] {
  const faults: { id: number | null; fault: OwnFault }[] = draft
    .filter(({ text }) => text.trim() === "")
    .map(({ id }) => ({ id, fault: "text" as const }));
  if (!draft.some(({ is_decisive, interactions }) => is_decisive && interactions.length === 0))
    faults.push({ id: null, fault: "decisive" });
  return faults;
}
