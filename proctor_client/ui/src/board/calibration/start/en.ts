import type { vi } from "./vi";

/** English words of the start of a calibration. */
export const en: typeof vi = {
  source: "Source of the responses",
  sources: {
    file: "A CSV or Excel file",
    sittings: "Results of sittings held here",
  },
  fileLead: "Forms of file that are read",
  fileForms: {
    "candidate, item, answer": "one item of one candidate a row, with the letter of the chosen option",
    "candidate, item, score": "one item a row, with its score category: 0, 1, 2 …",
    "candidate, item code 1, item code 2, …":
      "one candidate a row and one column for each item: scores or letters",
  },
  fileMarks:
    "An empty cell of a long file was omitted (wrong); in a file with a column for each item it was not presented. “.” is omitted, “NR” not reached. Columns such as gender, unit, class, region or group are used to compare groups of candidates.",
  file: "File of responses",
  fileHint: "A .csv file in UTF-8 or .xlsx, at most 10 MB. Headings in Vietnamese or English.",
  checking: "Reading the responses…",
  found: "What was read",
  candidates: "Candidates",
  items: "Items",
  polytomous: (n) => `${n} of them with several score categories`,
  responses: "Responses",
  absent: (omitted, notReached) => `${omitted} omitted, ${notReached} not reached`,
  groups: "Groups of candidates",
  noGroups: "none",
  groupings: {
    gender: "gender",
    unit: "unit",
    class: "class",
    region: "region",
    group: "group",
    sitting: "sitting",
  },
  grouping: (name, n) => `${name} (${n})`,
  onlyScores: "Scores only, without the chosen options: there will be no curves of options.",
  simulated: "The file says that its data are simulated.",
  sittings: "Sittings that are over",
  sittingsHint:
    "Only sittings that are over and marked. No names go into the data of the calibration; gender and unit serve to compare groups.",
  released: "results released",
  noSittings: "No sitting is over yet.",
  polytomousModel: "Items with several score categories",
  polytomousModels: {
    GPCM: "GPCM – steps, a slope for each item",
    PCM: "PCM – steps, one slope for all",
    GRM: "GRM – cumulative thresholds, a slope for each item",
    full_credit: "Right only with all of the points",
  },
  polytomousHint:
    "For example four true-or-false statements. Parameters of such items are stored and shown; automatic assembly takes items that are right or wrong only.",
  notReached: "Items not reached",
  notReachedRules: {
    ignored: "Left out (advised)",
    wrong: "Count as wrong",
  },
  notReachedHint: "Not reached: from there to the end no item has an answer.",
  dropsDrifted: "Let drifted anchors go and estimate them anew",
  dropsDriftedHint:
    "One after another, the one that drifted most first; at most a third of the anchors, and at least 5 in all and one of each module stay.",
};
