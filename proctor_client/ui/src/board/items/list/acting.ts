/** Acts on many items: who may do them, how they are asked for, and how they are taken back. */
import { answer } from "../../../lib/api/client";
import type { Views } from "../../../lib/api/server";
import { staffApi } from "../../../lib/staff/api";
import type { Selection } from "./asked";

export type ActName =
  | "submit"
  | "withdraw"
  | "approve"
  | "return"
  | "pretest"
  | "release"
  | "suspend"
  | "resume"
  | "retire"
  | "assign"
  | "change";

/** Items by id, or all that match. */
export type Target = { item_ids: string[] } | { all_matching: Selection };

export interface Extra {
  note: string;
  assignee_id: string | null;
  change: Views["MetadataChange"];
}

export interface Done {
  act: ActName;
  count: number;
  refused: { code: string; reason: string }[];
  /** Takes the act back and returns how many items could not come back; null where it stays. */
  undo: (() => Promise<number>) | null;
}

export const PERMISSIONS: Record<ActName, string> = {
  submit: "item.write",
  withdraw: "item.write",
  change: "item.write",
  approve: "item.approve",
  return: "item.approve",
  assign: "item.assign",
  pretest: "item.release",
  release: "item.release",
  suspend: "item.release",
  resume: "item.release",
  retire: "item.approve",
};

export type Reversal = "canUndo" | "undoPartly" | "cannotUndo";
export const REVERSALS: Record<ActName, Reversal> = {
  submit: "canUndo",
  withdraw: "undoPartly",
  change: "canUndo",
  approve: "cannotUndo",
  return: "cannotUndo",
  assign: "cannotUndo",
  pretest: "canUndo",
  release: "canUndo",
  suspend: "canUndo",
  resume: "canUndo",
  retire: "cannotUndo",
};

// The server takes at most so many ids at once.
const BATCH = 1000;
const batches = (ids: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(ids.length / BATCH) }, (_, i) => ids.slice(i * BATCH, (i + 1) * BATCH));

function ask(
  act: Exclude<ActName, "assign" | "change">,
  body: Target & { note: string },
): Promise<Views["ActOutcome"]> {
  switch (act) {
    case "submit":
    case "withdraw":
      return answer(staffApi.POST("/api/items/submissions", { body: { ...body, act } }));
    case "approve":
      return answer(staffApi.POST("/api/items/approvals", { body }));
    case "return":
      return answer(staffApi.POST("/api/items/returns", { body }));
    case "retire":
      return answer(staffApi.POST("/api/items/retirements", { body }));
    default:
      return answer(staffApi.POST("/api/items/uses", { body: { ...body, act } }));
  }
}

async function changeBack(undo: readonly Views["ChangeUndo"][]): Promise<number> {
  let left = 0;
  for (const { change, item_ids } of undo)
    for (const batch of batches(item_ids))
      left += (
        await answer(staffApi.POST("/api/items/changes", { body: { change, item_ids: batch, note: "" } }))
      ).refused.length;
  return left;
}

async function leadBack(undo: readonly Views["UndoStepView"][]): Promise<number> {
  let left = 0;
  for (const { act, item_ids } of undo)
    for (const batch of batches(item_ids))
      left += (await ask(act, { item_ids: batch, note: "" })).refused.length;
  return left;
}

export async function perform(
  act: ActName,
  target: Target,
  { note, assignee_id, change }: Extra,
): Promise<Done> {
  if (act === "assign") {
    const body = { ...target, note, assignee_id };
    const { done, refused } = await answer(staffApi.POST("/api/items/assignments", { body }));
    return { act, count: done, refused, undo: null };
  }
  if (act === "change") {
    const body = { ...target, note, change };
    const { done, refused, undo } = await answer(staffApi.POST("/api/items/changes", { body }));
    return { act, count: done, refused, undo: undo.length > 0 ? () => changeBack(undo) : null };
  }
  const { done, refused, undo = [] } = await ask(act, { ...target, note });
  return { act, count: done, refused, undo: undo.length > 0 ? () => leadBack(undo) : null };
}
