/** What the bank can do for the blueprint on the page, asked again shortly after every change. */
import { answer } from "../../../lib/api/client";
import type { Views } from "../../../lib/api/server";
import { Resource } from "../../../lib/resource.svelte";
import { staffApi } from "../../../lib/staff/api";
import { type Draft, inputOf, placeOf, type Statement } from "./draft";

const PAUSE_MS = 400;
const LONGEST_NAME = 200;

export type Demand = Views["DemandView"];
export interface Answer {
  readonly view: Views["FeasibilityView"];
  /** Places of the answer are counted in here. */
  readonly sent: Statement;
}

export class Feasibility {
  readonly found = new Resource<Answer>();
  /** Something has changed since the answer in sight. */
  isOld = $state(true);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = "";

  /** Asks about a draft once nothing changes any more; a draft that says the same is not asked about again. */
  ask(draft: Draft): void {
    if (draft.form_length === null || draft.form_length < 1) return;
    const body = inputOf({ ...draft, name: draft.name.slice(0, LONGEST_NAME), duration_minutes: 1 });
    const text = JSON.stringify(body);
    if (text === this.#asked) return;
    const isFirst = this.#asked === "";
    this.#asked = text;
    this.isOld = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      async () => {
        await this.found.load(async () => ({
          view: await answer(staffApi.POST("/api/blueprints/feasibility", { body })),
          sent: body,
        }));
        if (this.#asked === text) this.isOld = false;
      },
      isFirst ? 0 : PAUSE_MS,
    );
  }
  /** Asks again, for the bank may have changed. */
  again(draft: Draft): void {
    this.#asked = "";
    this.ask(draft);
  }
  close(): void {
    clearTimeout(this.#timer);
  }
}

export type Standing = "waiting" | "contradiction" | "short" | "infeasible" | "unknown" | "feasible";
export const marks = {
  waiting: "info",
  contradiction: "warning",
  short: "close",
  infeasible: "close",
  unknown: "info",
  feasible: "check",
} as const;

export const shortOf = (view: Answer["view"] | null): Demand[] =>
  view?.demands.filter((demand) => demand.status === "short") ?? [];

/** The answer in one word; what is plainest to mend comes first. */
export function standingOf(view: Answer["view"] | null): Standing {
  if (view === null) return "waiting";
  if (view.faults.length > 0) return "contradiction";
  if (shortOf(view).length > 0) return "short";
  return view.joint.status === "not_asked" ? "waiting" : view.joint.status;
}

/** Demands by the place in the draft; of several at one place the worst. */
export function demandsByPlace({ view, sent }: Answer): Map<string, Demand> {
  const rank = { short: 2, tight: 1, met: 0 };
  const found = new Map<string, Demand>();
  for (const demand of view.demands) {
    const place = placeOf(demand.place, sent);
    const known = found.get(place);
    if (!known || rank[demand.status] > rank[known.status]) found.set(place, demand);
  }
  return found;
}
