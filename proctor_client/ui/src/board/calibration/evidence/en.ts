/** English words of the evidence on calibrations. */
import { formatNumber } from "../../../lib/format";
import type { vi } from "./vi";

type Data = Readonly<Record<string, number | string>>;
const figure = (data: Data, name: string, decimals: number): string =>
  formatNumber(Number(data[name] ?? 0), decimals);
const percent = (data: Data, name: string): string =>
  `${figure({ [name]: Number(data[name] ?? 0) * 100 }, name, 0)} %`;
const text = (data: Data, name: string): string => String(data[name] ?? "");
const groupings: Readonly<Record<string, string>> = {
  gender: "Gender",
  unit: "Unit",
  class: "Class",
  region: "Region",
  group: "Group",
};
const groupingOf = (name: string): string => groupings[name] ?? name;
/** Groups that the house's own results name in a known way; others keep the names that files give them. */
const groups: Readonly<Record<string, string>> = { male: "Men", female: "Women" };
const groupOf = (name: string): string => groups[name] ?? name;
const difficulty = (data: Data): string => (data.b === undefined ? "" : ` (b = ${figure(data, "b", 2)})`);

export const en: typeof vi = {
  print: "Print",
  percent: (share) => `${share}\u00a0%`,
  items: "Items of this run",
  place: (place, total) => `Item ${place} of ${total}`,
  previous: "Previous item",
  following: "Next item",
  openItem: "Open the item in the bank",
  anchor: "Anchor",
  partial: (looked, all) =>
    `The figures below rest on ${looked} of ${all} candidates, taken at equal distances, to be quick.`,
  summary: "In short",
  noFindings: "There are no figures to speak of yet.",
  tones: { bad: "Act", warn: "Look", info: "Note", ok: "Good" },
  findings: {
    very_easy: (d) => `Nearly everybody gets it right (${percent(d, "share")}): the item tells nobody apart.`,
    easy: (d) => `An easy item: ${percent(d, "share")} of the points are gained${difficulty(d)}.`,
    medium: (d) =>
      `An item of medium difficulty: ${percent(d, "share")} of the points are gained${difficulty(d)}.`,
    hard: (d) => `A hard item: ${percent(d, "share")} of the points are gained${difficulty(d)}.`,
    very_hard: (d) => `Hardly anybody gets it right (${percent(d, "share")}): check the key and the wording.`,
    negative_discrimination: (d) =>
      `Able candidates get it right less often than weak ones (a = ${figure(d, "a", 2)}): the key is most likely wrong.`,
    weak_discrimination: (d) => `The item hardly tells able from weak candidates (a = ${figure(d, "a", 2)}).`,
    good_discrimination: (d) => `The item tells able from weak candidates well (a = ${figure(d, "a", 2)}).`,
    strong_discrimination: (d) =>
      `The item tells able from weak candidates very clearly (a = ${figure(d, "a", 2)}).`,
    easier_than_expected: (d) =>
      `Easier than expected: candidates gain ${percent(d, "share")} more of the points than its parameters in force say. It may be known or taught well.`,
    harder_than_expected: (d) =>
      `Harder than expected: candidates gain ${percent(d, "share")} less of the points than its parameters in force say. Look at the text, the teaching and the key.`,
    fits: (d) => `The model's curve fits the answers (RMSD ${figure(d, "rmsd", 3)}).`,
    misfits_slightly: (d) =>
      `The model's curve is slightly off the answers (RMSD ${figure(d, "rmsd", 3)}): see the figure.`,
    misfits: (d) =>
      `The model's curve is far off the answers (RMSD ${figure(d, "rmsd", 3)}): these parameters should not be used.`,
    noisy: (d) =>
      `Answers are more erratic than the model (infit or outfit ${figure(d, "mean_square", 2)}): guessing, an ambiguous text, or two things in one item.`,
    too_regular: (d) =>
      `Answers are more regular than the model (infit or outfit ${figure(d, "mean_square", 2)}): the item may repeat another one.`,
    distractor_above_key: (d) =>
      d.option === undefined
        ? "Able candidates choose a distractor more often than the key: have somebody who may see keys check it."
        : `Able candidates choose option ${text(d, "option")} more often than the key: check the key.`,
    idle_distractors: (d) =>
      d.options === undefined
        ? `${figure(d, "count", 0)} distractors are chosen by hardly anybody (below 5 %).`
        : `Distractors that hardly anybody chooses (below 5 %): ${text(d, "options")}.`,
    differs_moderately: (d) =>
      `${groupingOf(text(d, "grouping"))}: at equal ability the item is harder for ${groupOf(text(d, "harder_for"))} than for ${groupOf(text(d, "easier_for"))}, moderately (B).`,
    differs_much: (d) =>
      `${groupingOf(text(d, "grouping"))}: at equal ability the item is much harder for ${groupOf(text(d, "harder_for"))} than for ${groupOf(text(d, "easier_for"))} (class C): look for bias.`,
    differs_little: (_) => "The item is alike for groups of candidates of equal ability (class A).",
    groups_small: (_) =>
      "A group has fewer than 200 candidates or two groups fewer than 500: take the comparison as a hint only.",
    few_answers: (d) => `Only ${figure(d, "n", 0)} answers: the parameters are not certain yet.`,
  },
  curve: "Item characteristic curve",
  curveLead:
    "The line is the model; circles are the share of points that groups of ability gain, vertical bars the 95 % interval. Circles close to the line are good.",
  model: (name) => `${name} model`,
  observed: "Answers, by group of ability",
  theta: "Ability θ",
  probability: "Probability of right",
  expectedShare: "Mean share of points",
  groupsTable: "Groups of ability",
  groupAbility: "Mean ability",
  candidates: "Candidates",
  observedShare: "Observed",
  interval: "95 % interval",
  expected: "Model",
  categories: "Probability of each score",
  score: (score) => `${score} points`,
  information: "Information",
  informationLead: (at) => `The item measures best around ability ${at}.`,
  figures: "Figures",
  slope: "Discrimination a",
  location: "Difficulty b",
  guessing: "Guessing c",
  steps: "Thresholds",
  facility: "Share right",
  itemRest: "r item–rest",
  answers: "Answers",
  infit: "Infit",
  outfit: "Outfit",
  withZ: (value, z) => `${value} (z ${z})`,
  rmsd: "RMSD",
  sx2: "S-X²",
  sx2Value: (statistic, df, p) => `${statistic}, degrees of freedom ${df}, adjusted p ${p}`,
  options: "Options",
  optionsLead:
    "Candidates in 5 groups by their points on the other items, group 1 the weakest. The key's line should rise, those of distractors should fall.",
  optionsHidden: "Curves of options show the key, so only those who may see keys see them.",
  optionsUnknown: "The data of this run hold scores only, no chosen options.",
  option: "Option",
  isKey: "key",
  blank: "No answer",
  chosenBy: "Chosen by",
  share: "Share",
  pointBiserial: "Point-biserial r",
  groupAxis: "Group of ability (1 weakest, 5 ablest)",
  shareOfGroup: "Share of the group",
  remarks: { rarely_chosen: "rarely chosen", attracts_able: "chosen by the able" },
  suspected: "may be the key",
  differences: "Groups of candidates compared (DIF)",
  differencesLead:
    "Candidates of equal ability are compared. Class A: negligible, B: moderate, C: large (the classes of ETS).",
  noGroups: "The data of this run hold no groups of candidates (gender, unit …), so nothing can be compared.",
  noComparison: "No group has the 50 candidates that a comparison takes.",
  noDifference: "No comparison of this item could be computed.",
  grouping: "Grouping",
  comparison: (reference, focal) => `${reference} – ${focal}`,
  etsClass: "Class",
  classes: { A: "A – negligible", B: "B – moderate", C: "C – large" },
  effect: "Size",
  effectOf: {
    mantel_haenszel: (effect, error) => `${effect} ± ${error} delta`,
    mantel: (effect, error) => `${effect} ± ${error} standard deviations`,
  },
  pValue: "Adjusted p",
  logistic: "Logistic regression",
  logisticOf: (change, odds) => `ΔR² ${change}; log odds ${odds}`,
  crossing: "changes sides with ability",
  harderFor: "Harder for",
  noneHarder: "neither group",
  smallSample: "small sample",
  groupCurve: (grouping) => `${grouping}: share of points by ability`,
  matchedOn: {
    score: "Matched on the score of the items that do not differ.",
    ability: "Matched on estimated ability, because candidates took different forms.",
  },
  map: "Wright map: candidates and items on one scale",
  mapLead:
    "On the left how many candidates there are at each ability, on the right the items at their difficulty. Items should lie where candidates are, most of all around the pass mark.",
  mapPersons: "Candidates",
  mapItems: "Items",
  mapFind: "Find an item on the map",
  mapChoose: "Choose an item",
  mapSaid: (code, places) => `${code}: b = ${places}`,
  mapShare: (share) => `${share} % of the candidates`,
  mapOutside: (below, above) => `${below} % of the candidates lie below and ${above} % above the map.`,
  mapWithout: (codes) => `Without a place on the map: ${codes}`,
  mapGap: (from, to, share) =>
    `No item lies between abilities ${from} and ${to}, where ${share}\u00a0% of the candidates are.`,
  code: "Code",
  thresholds: "Thresholds (logits)",
  precision: "Precision",
  testInformation: "Information of all items",
  standardError: "Standard error of measurement",
  distribution: "Abilities in the sample",
  density: "Density",
  reliability: "Reliability",
  marginal: "Marginal reliability of abilities",
  alpha: "Cronbach's α (KR-20)",
  alphaInterval: (value, low, high) => `${value} (95 %: ${low} – ${high})`,
  sumScoreError: "Standard error of the sum score",
  points: (value) => `${value} points`,
  notComputed: "could not be computed",
  reliabilitySaid: {
    high: "Reliable enough to decide about single candidates (from 0.90).",
    fair: "Acceptable for an exam (0.80 – 0.90).",
    low: "Below 0.80: results of single candidates hold much error.",
  },
  groupingOf,
  groupOf,
  differenceTable: "Items by class",
  reference: "Reference group",
  focal: "Focal group",
  untested: "Not computed",
  differing: "Items of class B and C",
  sizeTable: "Groups of candidates",
  roles: {
    reference: "reference group",
    focal: "compared",
    too_small: "too few, not compared",
    left_out: "not compared (too many groups)",
  },
  drift: "Compared with other parameters",
  driftLead:
    "Each point is an item that both sides have. On the diagonal nothing has changed; bars are 95 % intervals. Items off the line are named.",
  compareWith: "Compare with",
  inForce: "Parameters in force",
  noComparable: "There is no common item to compare.",
  driftOf: { a: "Discrimination a", b: "Difficulty b" },
  otherAxis: (name) => `${name}: other side`,
  ownAxis: (name) => `${name}: this run`,
  identity: "no change",
  steady: "within limits",
  flagged: "off",
  difference: "Difference of b",
  robustZ: "Robust z",
  scoreEffect: "Change of expected score",
  status: "Status",
  driftFlagged: (count, all) => `${count} of ${all} common items are off the limits.`,
  scales: {
    same: "Both sides are on the bank's scale.",
    linked: "This run was brought onto the other side's scale by the common items (Stocking–Lord).",
    unlinked: "Too few common items to link the scales: differences may be those of the scales.",
  },
  notCompared: (count) => `${count} common items have other numbers of scores and were not compared.`,
  held: "anchor: compared with what this sample alone says",
  driftNone: (all) => `All ${all} common items are within limits.`,
  provenance: "Provenance and settings",
  source: "Source",
  sources: {
    choices: "File of chosen options",
    scores: "File of scores",
    sittings: "The board's own sittings",
  },
  file: "File",
  fileHash: "SHA-256 of the file",
  dataHash: "SHA-256 of the data",
  job: "Computing job",
  software: "Software",
  settings: "Settings of the estimation",
  dif: "DIF",
  accept: "Accept",
  acceptItem: (code) => `Accept the parameters of ${code}`,
  acceptAll: "Accept all",
  acceptNone: "Accept none",
  acceptGood: "Accept items without a warning only",
  accepted: (n, all) => `${n} of ${all} new items chosen to be accepted.`,
  acceptLead: "An item left out keeps the parameters that it had before the approval.",
  acceptNoneChosen: "No item is chosen to be accepted.",
  excel: "Download Excel",
  showData: (title) => `Data: ${title}`,
};
