/** Faults of a blueprint in words. */
import type { Fault } from "./draft";
import { formatRange } from "./range";
import { words } from "./words";

export function faultText(fault: Fault): string {
  switch (fault.kind) {
    case "short":
      return words.faults.short(String(fault.needed), String(fault.available));
    case "against_cells":
      return words.faults.against_cells(formatRange(fault.cells));
    case "length":
      return words.faults.length(formatRange(fault.cells), fault.length);
    default:
      return words.faults[fault.kind];
  }
}
