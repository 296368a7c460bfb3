/** What an instruction of the proctor says to the candidate. */
import type { Instruction } from "../lib/api/types";
import { words } from "./words";

/** The words of an instruction; of a pause or an end they close with what the proctor wrote. */
export function instructionText({ kind, text }: Instruction): string {
  const { told } = words;
  const said = (first: string): string => (text === "" ? first : `${first}\n${text}`);
  switch (kind) {
    case "pause":
      return said(told.pause);
    case "resume":
      return told.resume;
    case "credit":
      return told.credit(Number(text));
    case "end":
      return said(told.end);
    case "reopen":
      return told.reopen;
    default:
      return text;
  }
}
