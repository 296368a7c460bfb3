/** The way of an exam as figures: what each step has, and whether somebody has to act. */
import { answer } from "../../lib/api/client";
import { formatNumber } from "../../lib/format";
import { href } from "../../lib/router.svelte";
import { staffApi } from "../../lib/staff/api";
import { words } from "./words";

export interface Step {
  name: string;
  text: string;
  state: "done" | "todo" | "waiting";
  /** What leads to the work. */
  act: string;
  href: string;
}

export interface StepSource {
  permission: string;
  read: () => Promise<Step>;
}

/** A step with work left is to do; with something finished it is done; with neither it has not come yet. */
export const stateOf = (isWorkLeft: boolean, isSomethingDone: boolean): Step["state"] =>
  isWorkLeft ? "todo" : isSomethingDone ? "done" : "waiting";

const MANY = { params: { query: { limit: 500 } } };
const ONE = { params: { query: { limit: 1 } } };
const count = <Row>(rows: readonly Row[], matches: (row: Row) => boolean): number =>
  rows.filter(matches).length;

async function items(): Promise<Step> {
  const { facets } = await answer(staffApi.GET("/api/items", ONE));
  const { approved = 0, pretest = 0, operational = 0, in_review = 0, revised = 0 } = facets.status;
  const inUse = approved + pretest + operational;
  const waiting = in_review + revised;
  const isWaiting = waiting > 0;
  return {
    name: words.items,
    text: words.itemsText(formatNumber(inUse), formatNumber(waiting)),
    state: stateOf(isWaiting || approved === 0, approved > 0),
    act: isWaiting ? words.approveAct : words.itemsAct,
    href: href(["items"], isWaiting ? { status: "in_review" } : {}),
  };
}

async function calibrations(): Promise<Step> {
  const { items: runs } = await answer(staffApi.GET("/api/calibrations", MANY));
  const approved = count(runs, (run) => run.status === "approved");
  const pending = count(runs, (run) => run.status === "estimated");
  return {
    name: words.calibration,
    text: words.calibrationText(formatNumber(approved), formatNumber(pending)),
    state: stateOf(pending > 0, approved > 0),
    act: words.calibrationAct,
    href: href(["calibrations"]),
  };
}

async function forms(): Promise<Step> {
  const [published, { items: runs }] = await Promise.all([
    answer(staffApi.GET("/api/forms", ONE)),
    answer(staffApi.GET("/api/assemblies", MANY)),
  ]);
  const pending = count(runs, (run) => run.status === "assembled");
  return {
    name: words.forms,
    text: words.formsText(formatNumber(published.total), formatNumber(pending)),
    state: stateOf(pending > 0, published.total > 0),
    act: words.formsAct,
    href: href(["assembly"]),
  };
}

async function sittings(): Promise<Step> {
  const { items: all, total } = await answer(staffApi.GET("/api/sittings", MANY));
  const of = (status: (typeof all)[number]["status"]) => count(all, (sitting) => sitting.status === status);
  const draft = of("draft");
  return {
    name: words.sittings,
    text: words.sittingsText(formatNumber(draft), formatNumber(of("ready")), formatNumber(of("running"))),
    state: stateOf(draft > 0, total > 0),
    act: words.sittingsAct,
    href: href(["sittings"]),
  };
}

async function results(): Promise<Step> {
  const { items: all } = await answer(staffApi.GET("/api/results"));
  const of = (status: (typeof all)[number]["status"]) => count(all, (sitting) => sitting.status === status);
  const [ready, proposed, approved] = [of("ready"), of("proposed"), of("approved")];
  return {
    name: words.results,
    text: words.resultsText(formatNumber(ready), formatNumber(proposed), formatNumber(approved)),
    state: stateOf(ready + proposed > 0, approved > 0),
    act: words.resultsAct,
    href: href(["results"]),
  };
}

async function certificates(): Promise<Step> {
  const [register, issuable] = await Promise.all([
    answer(staffApi.GET("/api/certificates", ONE)),
    answer(staffApi.GET("/api/certificates/issuable")),
  ]);
  const rest = issuable.items.reduce((sum, row) => sum + Math.max(0, row.passed - row.issued), 0);
  return {
    name: words.certificates,
    text: words.certificatesText(formatNumber(register.total), formatNumber(rest)),
    state: stateOf(rest > 0, register.total > 0),
    act: words.certificatesAct,
    href: href(["certificates"]),
  };
}

/** In the order of the work; each is read only by whoever may see it. */
export const sources: readonly StepSource[] = [
  { permission: "item.read", read: items },
  { permission: "calibration.read", read: calibrations },
  { permission: "assembly.read", read: forms },
  { permission: "sitting.read", read: sittings },
  { permission: "result.read", read: results },
  { permission: "certificate.read", read: certificates },
];
