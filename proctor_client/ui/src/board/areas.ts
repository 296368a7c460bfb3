/** The areas of the board page: address, picture and the permission that opens each. */
import type { IconName } from "../lib/ui/Icon.svelte";

export type AreaName =
  | "overview"
  | "syllabus"
  | "items"
  | "calibrations"
  | "assembly"
  | "sittings"
  | "results"
  | "certificates"
  | "users"
  | "audit";

export interface Area {
  name: AreaName;
  icon: IconName;
  /** Null: open to all staff. */
  permission: string | null;
}

export const areas: readonly Area[] = [
  { name: "overview", icon: "grid", permission: null },
  { name: "syllabus", icon: "tree", permission: "syllabus.read" },
  { name: "items", icon: "list", permission: "item.read" },
  { name: "calibrations", icon: "chart", permission: "calibration.read" },
  { name: "assembly", icon: "paper", permission: "blueprint.read" },
  { name: "sittings", icon: "calendar", permission: "sitting.read" },
  { name: "results", icon: "users", permission: "result.read" },
  { name: "certificates", icon: "certificate", permission: "certificate.read" },
  { name: "users", icon: "key", permission: "user.manage" },
  { name: "audit", icon: "shield", permission: "audit.read" },
];
