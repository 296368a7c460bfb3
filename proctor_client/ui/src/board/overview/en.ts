/** English words of the overview. */
import type { vi } from "./vi";

export const en: typeof vi = {
  title: "Overview",
  hello: (name) => `Hello ${name}.`,
  steps: "The steps of an exam",
  done: "Done",
  todo: "To do",
  waiting: "Not there yet",
  items: "Approved items",
  itemsText: (approved, draft) => `${approved} items approved, ${draft} awaiting approval.`,
  itemsAct: "Open the item bank",
  approveAct: "See items awaiting approval",
  calibration: "Calibration of items",
  calibrationText: (approved, pending) => `${approved} approved, ${pending} awaiting approval.`,
  calibrationAct: "Open IRT calibration",
  forms: "Published forms",
  formsText: (forms, pending) => `${forms} forms published, ${pending} assemblies awaiting publication.`,
  formsAct: "Open blueprints & assembly",
  sittings: "Sittings",
  sittingsText: (draft, ready, running) => `${draft} in preparation, ${ready} ready, ${running} running.`,
  sittingsAct: "Open sittings",
  results: "Results waiting",
  resultsText: (ready, proposed, approved) =>
    `${ready} to be proposed, ${proposed} awaiting approval, ${approved} approved.`,
  resultsAct: "Open results",
  certificates: "Certificates",
  certificatesText: (issued, waiting) =>
    `${issued} in the register, ${waiting} passed candidates without one.`,
  certificatesAct: "Open certificates",
  nothing: "This account has no part in these steps",
  nothingText: "Choose an area from the menu.",
};
