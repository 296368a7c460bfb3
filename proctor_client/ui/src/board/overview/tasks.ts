/** What waits for whoever is logged in: where each kind of work is done. */
import type { Views } from "../../lib/api/server";
import { href } from "../../lib/router.svelte";

export type Waiting = Views["WaitingTask"]["kind"];

const list = (q: string, more: Record<string, string> = {}): string => href(["items"], { q, ...more });

export const ADDRESSES: Record<Waiting, () => string> = {
  returned_to_me: () => list("author:me", { status: "returned" }),
  comments_to_answer: () => list("author:me has:comments"),
  to_review: () => list("-author:me", { status: "in_review,revised" }),
  assigned_to_me: () => list("assignee:me", { status: "draft,in_review,returned,revised" }),
  my_drafts: () => list("author:me", { status: "draft" }),
  imports_waiting: () => href(["items", "imports"]),
  approved_unused: () => href(["items"], { status: "approved" }),
  calibrations_to_approve: () => href(["calibrations"]),
  assemblies_to_approve: () => href(["assembly"]),
  papers_to_approve: () => href(["assembly"]),
  blueprints_unserved: () => href(["assembly"]),
};
