/** The signed status list: two bits a place. */
import { bytesOfBase64 } from "../lib/base64";
import { isSignedBy } from "./ed25519";
import type { StatusList } from "./sources";

export type Status = "valid" | "revoked" | "superseded" | "reserved";

const NAMES: readonly Status[] = ["valid", "revoked", "superseded", "reserved"];

const hex = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Whether `publicKey` signed exactly this list. */
export async function isListSigned(list: StatusList, publicKey: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const digest = hex(await crypto.subtle.digest("SHA-256", bytesOfBase64(list.bits)));
  const text = ["VNITCERT-STATUS-v1", list.kid, list.issued_at, list.ttl_seconds, list.size, digest].join(
    "\n",
  );
  return isSignedBy(publicKey, bytesOfBase64(list.signature), new TextEncoder().encode(text));
}

/** The status of a place; null when the list does not hold it. */
export async function statusAt(list: StatusList, index: number): Promise<Status | null> {
  if (index >= list.size) return null;
  const stream = new Blob([bytesOfBase64(list.bits)]).stream().pipeThrough(new DecompressionStream("gzip"));
  const bits = new Uint8Array(await new Response(stream).arrayBuffer());
  const byte = bits[index >> 2];
  return byte === undefined ? null : (NAMES[(byte >> (2 * (index & 3))) & 3] ?? null);
}
