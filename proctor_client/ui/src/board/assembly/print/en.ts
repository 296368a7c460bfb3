/** English words of printing blueprints and forms. */
import type { vi } from "./vi";

export const en: typeof vi = {
  printBlueprint: "Print matrix",
  blueprintTitle: "Print the matrix and the specification",
  blueprintText:
    "Two tables on A4, landscape: the matrix by topic, form of question and level; the specification adds what is required.",
  unsaved: "The saved blueprint is printed; changes that are not saved are not in it.",
  agency: "Agency",
  school: "Organising body",
  hint: "What is left empty becomes a dotted line to fill in by hand.",
  language: "Language of the document",
  languages: { vi: "Vietnamese", en: "English" },
  files: { docx: "Download Word", pdf: "Download PDF", xlsx: "Download Excel" },
  blueprintName: "blueprint",
  printForm: "Print form",
  formTitle: (code) => `Print form ${code}`,
  formText:
    "A Word paper on A4 in the order of the form, in the parts of its blueprint; items on one stimulus stand together. Each print is on record.",
  paperTitle: "Title of the paper",
  paperTitleValue: "ĐỀ THI",
  formCode: "Form code on the paper",
  formCodeHint: "Left empty: the code of the form, with a number when it is shuffled.",
  variant: "Order of items and options",
  published: "As published",
  mixed: (number) => `Shuffled, number ${number}`,
  answers: "With the key table and explanations of just this order",
  noKeys: "You may not see keys, so none are printed.",
  paper: "Download Word paper",
  matrix: "Matrix and specification of the form",
  matrixText: "Counted from the items of the form.",
  formName: "form",
};
