/** English words of the analysis after the exam. */
import type { vi } from "./vi";

export const en: typeof vi = {
  title: "Analysis after the exam",
  lead: "What is unusual in answers, times and acts, so that the board knows where to look again.",
  notEvidence: "This is not evidence",
  notEvidenceText:
    "Everything here can be chance. Nobody may be judged, marked down, disqualified or punished because of this page alone; the software does nothing with it to marks and results. Before thinking of cheating, look for an ordinary explanation: the same teacher, the same book, a faulty computer, slow reading.",
  onRecord: "Every look at this page goes into the audit record.",
  start: "Run the analysis",
  startAgain: "Run again",
  running: "Analysing the sitting",
  print: "Print the report",
  export: "Export to Excel",
  none: "This sitting has not been analysed",
  noneText:
    "The analysis reads answers and journals of a sitting that is over; with many candidates it may take some minutes.",
  notOver: "Only a sitting that is over can be analysed.",
  made: "Made",
  by: "Run by",
  candidates: "Candidates",
  items: "Items",
  parameters: "Item parameters",
  sources: {
    bank: (n, models) => `of the item bank: ${n} items (${models})`,
    sitting: (n, models) =>
      `estimated from this sitting itself: ${n} items (${models}); if many cheated together, the parameters lean with them`,
    none: "none: the bank is not calibrated, and fewer than 100 candidates sat",
  },
  kindsLabel: "Kinds of look",
  kinds: {
    neighbours: "Similarity: near seats",
    elsewhere: "Similarity: distant seats",
    person_fit: "Pattern of answers",
    response_times: "Response times",
    answer_changes: "Changed answers",
    departures: "Departures from the page",
  },
  about: "What does this say?",
  explanations: {
    neighbours:
      "Compares every pair who sat near each other (the eight seats around, or at most two seats away): their answers agree on far more items than the abilities of both explain. The same wrong option says more than both being right. The same teacher or the same mistaken book makes answers agree as well.",
    elsewhere:
      "Compares all other pairs of the sitting in the same way. Agreement at a distance may come from leaked items, from messages, or merely from learning in the same place.",
    person_fit:
      "Right and wrong answers that do not go with the estimated ability: easy items wrong and hard ones right. Ordinary reasons: giving up, being tired, wrong clicks, knowing only a part.",
    response_times:
      "A rhythm unlike the person's own speed, or many right answers in unusually short time. Ordinary reasons: familiar kinds of items, faults of computer or network, reading ahead and coming back.",
    answer_changes:
      "Of the wrong answers that were changed, far more became right than in the rest of the sitting. Changing much is no reason for suspicion; only the share that became right is looked at.",
    departures:
      "The exam page lost the focus far more often than for others. Ordinary reasons: notices of the computer, input methods, a wrong key, virus scanners.",
  },
  lookAt: "What to look at",
  looks: {
    neighbours:
      "The plan of the room, the minutes, the camera if there is one; whether both have the same class or teacher; when the shared wrong answers were given.",
    elsewhere:
      "How the two are related, whether they learned in the same place; whether the shared wrong answers stand in something that goes round.",
    person_fit:
      "The paper in the order of the items; whether it was broken off or interrupted; if need be, an equivalent paper.",
    response_times:
      "The timeline of the seat; when the server did not hear the computer; whether the named items have leaked.",
    answer_changes:
      "The timeline of the changes: spread out or all at the end, and whether somebody came to the computer.",
    departures: "Whether the proctor noted a fault; whether that computer does the same in other sittings.",
  },
  rate: "Measured false alarms",
  rateText: (runs, listed, share) =>
    `The same look at ${runs} simulated sittings of honest candidates with abilities like these lists ${listed} entries wrongly on average; ${share} % of the sittings list at least one. Real people do not follow the model exactly, so that real false alarms are more frequent.`,
  tested: (n) => `${n} cases looked at`,
  listed: (n) => `${n} listed`,
  nothing: "Nothing unusual",
  nothingText:
    "No case goes beyond what honest candidates do. That does not prove that everybody was honest, either.",
  nobodyTested: "No candidate has enough data for this look, so nobody was looked at.",
  notEnough: "Not enough data",
  reasons: {
    few_candidates: (n) => `At least ${n} candidates who handed in are needed.`,
    no_parameters: (n) =>
      `The items have no parameters: the bank has not calibrated enough of them, and fewer than ${n} candidates sat.`,
    few_items: (n) => `At least ${n} items with parameters are needed.`,
    no_pairs: (n) => `No pair answered at least ${n} single-choice items in common.`,
    few_times: (n) => `At least ${n} candidates with times on items are needed.`,
    few_changes: (n, found) =>
      `Only ${found} wrong answers were changed in the whole sitting; at least ${n} are needed.`,
    no_departures: () => "Nobody left the page.",
  },
  people: "Candidates",
  seat: (room, seat) => `${room}, seat ${seat}`,
  strength: "How rare",
  oneIn: (n) => `1 in ${n}`,
  rarer: (n) => `rarer than 1 in ${n}`,
  strengthText: (q) => `adjusted p ${q}`,
  figuresLabel: "Figures",
  figures: {
    n_common: "Answered by both",
    n_same: "The same",
    expected: "Expected",
    n_same_wrong: "The same wrong",
    omega: "ω",
    omega_p: "p of ω",
    gbt_p: "p binomial",
    lz_star: "lz*",
    theta: "Ability",
    n_items: "Items",
    n_right: "Right",
    hard_right: "Hard items right",
    easy_wrong: "Easy items wrong",
    minutes: "Minutes",
    n_fast_right: "Unusually fast and right",
    expected_fast_right: "Of these expected",
    fast_right_p: "p fast and right",
    pattern_p: "p rhythm",
    n_rapid: "Answered unread",
    n_changed: "Wrong answers changed",
    n_gained: "Became right",
    n_lost: "Right to wrong",
    overall: "Share to right, sitting",
    departures: "Departures",
    away_seconds: "Seconds away",
    mean: "Mean of the sitting",
  },
  itemByItem: "Item by item",
  signs: {
    same_right: "both right",
    same_wrong: "both wrong, same option",
    different_wrong: "both wrong, different options",
    one_right: "one of them right",
    hard_right: "hard, yet right",
    easy_wrong: "easy, yet wrong",
    fast_right: "right very fast",
    gained: "wrong to right",
  },
  legend: "Key",
  contentHidden: "Texts of items, chosen options and keys are not shown.",
  printed: "Prints are confidential papers of the board.",
};
