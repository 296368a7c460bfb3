/** The rules for the exam's window as a form, and back. */
import type { Views } from "../../../lib/api/server";

export const EVENTS = [
  "focus",
  "fullscreen",
  "copy",
  "paste",
  "second_tab",
  "print",
  "drag",
  "devtools",
  "screens",
  "context_menu",
] as const;
export const SEVERITIES = ["ignored", "note", "warning", "serious"] as const;
export const BLOCKS = ["copy", "paste", "print", "context_menu"] as const;

export type WindowEvent = (typeof EVENTS)[number];
export type Severity = (typeof SEVERITIES)[number];
type Block = (typeof BLOCKS)[number];

export interface EventRow {
  event: WindowEvent;
  severity: Severity;
  /** From which time on it is graver; null when it never is. */
  from: number | null;
  graver: Severity;
}
export interface WindowForm {
  fullscreen: boolean;
  blocks: Block[];
  rows: EventRow[];
}

/** What a rule-set may hold: the shorthand of a bare severity is allowed there. */
interface StoredRule {
  severity: Severity;
  repeated_from?: number | null;
  repeated_as?: Severity | null;
}
interface StoredSection {
  fullscreen?: boolean;
  blocks?: Block[];
  events?: Partial<Record<WindowEvent, Severity | StoredRule>>;
}

/** The section of a rule; without one the focus is noted and nothing else told, as the server has it. */
export function windowForm(rule: Record<string, unknown>): WindowForm {
  const { lockdown } = rule;
  const section = (lockdown ?? {}) as StoredSection;
  const rows = EVENTS.map((event): EventRow => {
    const said = section.events?.[event] ?? (event === "focus" ? "note" : "ignored");
    const stored: StoredRule = typeof said === "string" ? { severity: said } : said;
    return {
      event,
      severity: stored.severity,
      from: stored.repeated_from ?? null,
      graver: stored.repeated_as ?? "serious",
    };
  });
  return { fullscreen: section.fullscreen ?? false, blocks: [...(section.blocks ?? [])], rows };
}

/** The first event that would not be graver when repeated; null when all is well. */
export const notRising = (form: WindowForm): WindowEvent | null =>
  form.rows.find(
    ({ severity, from, graver }) =>
      from !== null && SEVERITIES.indexOf(graver) <= SEVERITIES.indexOf(severity),
  )?.event ?? null;

/** What is sent: every event by name, so that nothing depends on what is usual. */
export function windowInput(form: WindowForm): Views["LockdownRules"] {
  const events = Object.fromEntries(
    form.rows.map(({ event, severity, from, graver }) => [
      event,
      from === null ? { severity } : { severity, repeated_from: from, repeated_as: graver },
    ]),
  );
  return { fullscreen: form.fullscreen, blocks: form.blocks, events };
}
