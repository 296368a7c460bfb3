/** English words of the entry page. */
import type { vi } from "./vi";

export const en: typeof vi = {
  title: "IT application examinations and certificates",
  question: "Who are you?",
  candidate: "Candidate: enter the exam",
  candidateText: "Have your room's access code, candidate number and identity paper ready.",
  proctor: "Proctor",
  proctorText: "Watch the room, unlock seats, send messages.",
  board: "Exam board",
  boardText: "Item bank, forms, sittings, results, certificates.",
  verify: "Verify a certificate",
  verifyText: "Open to everyone: type the code or scan the QR code on the certificate.",
  practice: "Sample exam",
  practiceText: "Try the exam page with every kind of question, without signing in; it does not count.",
  check: "Check a computer",
  checkText: "For technicians and candidates: see whether this computer will do, before the day.",
};
