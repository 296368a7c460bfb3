/** Short names for the views that the candidate's side and the kit speak of. */
import type { Views } from "./server";

export type SessionView = Views["SessionView"];

export type SeatView = Views["SeatView"];
export type SealedPaper = Views["PaperView"];
export type AttemptView = Views["StartedAttempt"];
/** One journal operation as stored: the hash covers exactly the text in `body`. */
export type JournalOp = Views["OperationView"];
export type Instruction = Views["InstructionDocument"];
export type Receipt = Views["ReceiptDocument"];
/** Items given together in a form that is not the same for everybody; none when the test is over. */
export type StageView = Views["StageView"];
export type SubmissionView = Views["SubmittedAttempt"];
/** A candidate's own result; everything is null until it is released. */
export type OwnResult = Views["OwnResult"];

/** What a candidate may see of an item; there is no member for a key, a mapping or parameters. */
export type ItemView = StageView["items"][number];
