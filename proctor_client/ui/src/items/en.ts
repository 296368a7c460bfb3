/** English words of the items, on the candidate's page and in previews. */
import type { vi } from "./vi";

export const en: typeof vi = {
  stimulus: "Passage",
  hideStimulus: "Hide passage",
  showStimulus: "Show passage",
  wideTable: "Wide table, scroll sideways to see all of it",

  chooseOne: "Choose one.",
  chooseExactly: (n) => `Choose exactly ${n}.`,
  chooseUpTo: (n) => `Choose at most ${n}.`,
  chooseAtLeast: (n) => `Choose at least ${n}.`,
  chooseBetween: (least, most) => `Choose ${least} to ${most}.`,
  chooseAny: "You may choose several.",
  chosen: (n) => `${n} chosen.`,
  chosenAll: (n) => `All ${n} chosen. To change, take one choice back first.`,

  statement: "Statement",
  isTrue: "True",
  isFalse: "False",

  pairs: "Table of pairs",
  choosePair: "Choose…",
  used: (n, most) => `used ${n}/${most}`,
  pairMoved: (target, source) => `“${target}” was taken from “${source}”.`,

  orderOpen: "Not answered yet. Move the entries, or press the button if this order is right.",
  orderConfirm: "Keep this order as my answer",
  orderDone: "The order shown is your answer.",
  moveUp: "Move up",
  moveDown: "Move down",
  place: "Position",
  movedTo: (what, n, total) => `“${what}” is now in position ${n} of ${total}.`,

  gap: (n, around) => `Gap ${n}: ${around}`,
  chooseWord: "Choose…",
  bank: "Words to fill in",
  bankHint: "Press a word to fill the gap you are at, or choose at the gap itself.",
  placed: (text, n) => `“${text}” is now in gap ${n}.`,
  inGap: (text, n) => `${text} (in gap ${n})`,
  isUsed: "used",
  optionsOfGap: (n) => `Gap ${n}`,

  number: "Answer as a number",
  unit: "Unit",
  chooseUnit: "Choose a unit…",
  understood: (value) => `Understood as ${value}`,
  understoodTwice: (one, other) => `Understood as ${one} or ${other}`,
  noNumber: "Not a number yet. Write it like 12,5 or −3.",
  numberHint: "Use a comma for decimals, for example 12,5.",

  areas: "Choose from a list",
  pointHint:
    "Press on the picture to set a mark. Keyboard: arrow keys move (Shift for big steps), Enter sets, Delete removes.",
  pointArea: "Picture to mark",
  cursorAt: (x, y) => `Across ${x}, down ${y}`,
  pointSet: (n, most) => `${n} of ${most} points set.`,
  pointRemoved: "One point removed.",
  pointsFull: (most) => `All ${most} points are set. Remove one to mark another place.`,
  point: (n, x, y) => `Point ${n}: across ${x}, down ${y}`,
  removePoint: (n) => `Remove point ${n}`,

  value: "Value",
  sliderOpen: "No value chosen yet. Move the slider or type a number.",
  sliderSnapped: (value) => `The nearest value on the scale is ${value}.`,

  text: "Your text",
  counts: (characters, most, count) => `${characters}/${most} characters · ${count} words`,
  textNearlyFull: (n) => `${n} characters left.`,
};
