/** What becomes of an answer when a file is chosen for it. */
import { halves, type Response } from "../types";
import { endingOf } from "./fileTransfer";

export interface Limits {
  file_types: readonly string[];
  max_file_bytes: number;
  max_files: number;
}

export type Refusal = "wrong_type" | "empty" | "too_large" | "too_many";

/** Entries that stay beside a file of this name: the same name is a newer version, and so is any where one is asked for. */
const beside = (response: Response, name: string, limits: Limits): Response =>
  limits.max_files === 1 ? [] : response.filter((entry) => halves(entry)[1] !== name);

/** Why a file cannot be handed in; null when it can. */
export function refusal(size: number, name: string, response: Response, limits: Limits): Refusal | null {
  if (!limits.file_types.includes(endingOf(name))) return "wrong_type";
  if (size === 0) return "empty";
  if (size > limits.max_file_bytes) return "too_large";
  return beside(response, name, limits).length >= limits.max_files ? "too_many" : null;
}

/** The answer with this file in it; a newer version takes the place of the older one. */
export function withFile(response: Response, sha256: string, name: string, limits: Limits): Response {
  const entry = `${sha256} ${name}`;
  const others = beside(response, name, limits);
  const at = response.findIndex((known) => !others.includes(known));
  return at < 0 ? [...others, entry] : [...others.slice(0, at), entry, ...others.slice(at)];
}
