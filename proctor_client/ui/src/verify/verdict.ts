/** The verdict on a certificate: green only when everything was checked, red when it is proved bad, else amber. */

import { bytesOfBase64 } from "../lib/base64";
import { isSignedBy } from "./ed25519";
import { type Facts, readPayload } from "./payload";
import type { KeyFacts, Sources, StatusList } from "./sources";
import { isListSigned, statusAt } from "./statusList";

export type Doubt =
  | "unreadable"
  | "insecure"
  | "no_keys"
  | "unknown_key"
  | "key_revoked"
  | "key_not_valid_then"
  | "no_list"
  | "list_untrusted"
  | "list_stale"
  | "clock_wrong"
  | "not_in_list";

export type Verdict =
  | { tone: "green"; facts: Facts; listIssuedAt: string }
  | { tone: "red"; reason: "forged" }
  | { tone: "red"; reason: "revoked" | "superseded"; facts: Facts; listIssuedAt: string }
  /** `facts` only where the signature was found good. */
  | { tone: "amber"; reason: Doubt; facts: Facts | null };

/** Clocks of phones differ by minutes; a list from further ahead means that the date is set wrong. */
const CLOCK_TOLERANCE_MS = 10 * 60_000;

const doubt = (reason: Doubt, facts: Facts | null = null): Verdict => ({ tone: "amber", reason, facts });

function ageDoubt(list: StatusList, isFresh: boolean, now: number): Doubt | null {
  // What the server gave just now is its present word, whatever this device's clock says.
  if (isFresh) return null;
  const issued = Date.parse(list.issued_at);
  if (Number.isNaN(issued) || now > issued + list.ttl_seconds * 1000) return "list_stale";
  return now < issued - CLOCK_TOLERANCE_MS ? "clock_wrong" : null;
}

function keyDoubt(key: KeyFacts, issuedOn: string): Doubt | null {
  if (key.revoked_at !== null) return "key_revoked";
  // Dates of the form yyyy-MM-dd compare as texts.
  return key.not_before <= issuedOn && issuedOn < key.not_after ? null : "key_not_valid_then";
}

/** The verdict on the digits of a QR code; `now` in epoch milliseconds. */
export async function judge(digits: string, sources: Sources, now: number): Promise<Verdict> {
  const payload = readPayload(digits);
  if (payload === null) return doubt("unreadable");
  if (globalThis.crypto?.subtle === undefined) return doubt("insecure");
  const { facts } = payload;
  if (sources.keys === null) return doubt("no_keys");
  const key = sources.keys.value.find(({ kid }) => kid === facts.kid);
  if (key === undefined) return doubt("unknown_key");
  if (!(await isSignedBy(bytesOfBase64(key.public_key), payload.signature, payload.signed))) {
    return { tone: "red", reason: "forged" };
  }
  const untrusted = keyDoubt(key, facts.issuedOn);
  if (untrusted !== null) return doubt(untrusted);
  if (sources.list === null) return doubt("no_list", facts);

  const { value: list, isFresh } = sources.list;
  const listKey = sources.keys.value.find(({ kid, revoked_at }) => kid === list.kid && revoked_at === null);
  if (listKey === undefined || !(await isListSigned(list, bytesOfBase64(listKey.public_key)))) {
    return doubt("list_untrusted", facts);
  }
  const status = await statusAt(list, facts.statusIndex);
  // A certificate that was once taken back never becomes valid again: an old list is good enough to say so.
  if (status === "revoked" || status === "superseded") {
    return { tone: "red", reason: status, facts, listIssuedAt: list.issued_at };
  }
  const tooOld = ageDoubt(list, isFresh, now);
  if (tooOld !== null) return doubt(tooOld, facts);
  if (status !== "valid") return doubt("not_in_list", facts);
  return { tone: "green", facts, listIssuedAt: list.issued_at };
}
