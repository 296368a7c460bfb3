/** What the address asks of the list, for the page, for the server and for acts on all that match. */
import type { Views } from "../../../lib/api/server";
import type { Changes } from "../../../lib/route";

export type Selection = Views["ItemSelection"];
export type FacetName =
  | "module"
  | "node"
  | "level"
  | "status"
  | "kind"
  | "key"
  | "author"
  | "assignee"
  | "tag";

export const LIMIT = 50;
export const FACETS: readonly FacetName[] = [
  "module",
  "node",
  "status",
  "level",
  "kind",
  "key",
  "tag",
  "author",
  "assignee",
];
export const LEVELS = ["NB", "TH", "VD", "VDC"] as const;
export const STATUSES = [
  "draft",
  "in_review",
  "returned",
  "revised",
  "approved",
  "pretest",
  "operational",
  "suspended",
  "retired",
] as const;

export interface Asked {
  q: string;
  /** Values chosen of each facet; alternatives. */
  chosen: Record<FacetName, readonly string[]>;
  sort: string;
  offset: number;
  columns: readonly string[];
}

// A comma parts values in the address; in a tag it is written as the full-width one.
const parted = (value: string | null): string[] =>
  value ? value.split(",").map((one) => one.replaceAll("，", ",")) : [];
export const joined = (values: readonly string[]): string =>
  values.map((one) => one.replaceAll(",", "，")).join(",");

const DEFAULT_COLUMNS = ["code", "content", "module_code", "cognitive_level", "b", "updated_at", "status"];

export function asked(query: URLSearchParams): Asked {
  const q = query.get("q") ?? "";
  const chosen = Object.fromEntries(
    FACETS.map((name) => [name, parted(query.get(name))]),
  ) as unknown as Asked["chosen"];
  const columns = parted(query.get("columns"));
  return {
    q,
    chosen,
    sort: query.get("sort") ?? (q ? "fit" : "code"),
    offset: Math.max(0, Math.trunc(Number(query.get("offset")) || 0)),
    columns: columns.length > 0 ? columns : DEFAULT_COLUMNS,
  };
}

export const isFiltered = ({ q, chosen }: Asked): boolean =>
  q !== "" || FACETS.some((name) => chosen[name].length > 0);

/** The filter as the server takes it; values that no facet knows are left to the server to refuse. */
export function selectionOf({ q, chosen }: Asked): Selection {
  const [key] = chosen.key;
  return {
    ...(q ? { q } : {}),
    module: [...chosen.module],
    reference: [...chosen.node],
    level: chosen.level as NonNullable<Selection["level"]>,
    status: chosen.status as NonNullable<Selection["status"]>,
    kind: chosen.kind as NonNullable<Selection["kind"]>,
    author: [...chosen.author],
    assignee: [...chosen.assignee],
    tag: [...chosen.tag],
    ...(chosen.key.length === 1 ? { has_key: key === "yes" } : {}),
  };
}

/** A facet's value chosen, or not any more. */
export function toggled(state: Asked, name: FacetName, value: string): Changes {
  const before = state.chosen[name];
  const next = before.includes(value) ? before.filter((one) => one !== value) : [...before, value];
  return { [name]: joined(next), offset: null };
}

export const cleared: Changes = {
  ...Object.fromEntries(FACETS.map((name) => [name, null])),
  q: null,
  offset: null,
};
