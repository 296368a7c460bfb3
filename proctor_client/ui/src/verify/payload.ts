/** Reads the digits of a certificate's QR code; strict, so that only a signer's own bytes are read at all. */
import { isAllowedName } from "./names";

export type Level = "basic" | "advanced";

/** What the code says; nothing of it may be believed before the signature was checked. */
export interface Facts {
  /** Name of the signing key, hexadecimal. */
  kid: string;
  publicId: Uint8Array;
  statusIndex: number;
  level: Level;
  /** `2026-12-22`. */
  issuedOn: string;
  board: string;
  serialNumber: string;
  name: string;
}

export interface Payload {
  facts: Facts;
  /** The bytes that the signature covers, domain prefix included. */
  signed: Uint8Array<ArrayBuffer>;
  signature: Uint8Array<ArrayBuffer>;
}

const DOMAIN = new TextEncoder().encode("VNITCERT-QR-v1\0");
const LAYOUT = 1;
const VERSION = 1;
const SIGNATURE_BYTES = 64;
const LONGEST_BLOB = 320;
const LONGEST_DIGITS = 800;
const EPOCH_MS = Date.UTC(2000, 0, 1);
const DAY_MS = 86_400_000;
const CODE = /^[A-ZĐ0-9 ./-]+$/;
const UINT = 0;
const BYTES = 2;
const TEXT = 3;
const ARRAY = 4;

class Malformed extends Error {}

/** CBOR in its shortest form only, read from the front. */
class Reader {
  #at = 0;
  readonly #data: Uint8Array;

  constructor(data: Uint8Array) {
    this.#data = data;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#data.length;
  }

  #take(count: number): Uint8Array {
    const end = this.#at + count;
    if (end > this.#data.length) throw new Malformed();
    const part = this.#data.subarray(this.#at, end);
    this.#at = end;
    return part;
  }

  head(major: number): number {
    const first = this.#take(1)[0] ?? 0;
    if (first >> 5 !== major) throw new Malformed();
    const extra = first & 31;
    if (extra < 24) return extra;
    if (extra > 26) throw new Malformed();
    const size = 1 << (extra - 24);
    const value = this.#take(size).reduce((sum, byte) => sum * 256 + byte, 0);
    if (value < (size === 1 ? 24 : 2 ** (4 * size))) throw new Malformed();
    return value;
  }

  bytes(length: number): Uint8Array {
    if (this.head(BYTES) !== length) throw new Malformed();
    return this.#take(length);
  }

  text(): string {
    const encoded = this.#take(this.head(TEXT));
    // ignoreBOM: a byte order mark is a character like any other here, and not an allowed one.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(encoded);
  }
}

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

function code(text: string, longest: number): string {
  if (text.length > longest || !CODE.test(text)) throw new Malformed();
  return text;
}

function readFacts(data: Uint8Array): Facts {
  const reader = new Reader(data);
  if (reader.head(ARRAY) !== 9 || reader.head(UINT) !== VERSION) throw new Malformed();
  const kid = hex(reader.bytes(4));
  const publicId = reader.bytes(8);
  const statusIndex = reader.head(UINT);
  const level = reader.head(UINT);
  const day = reader.head(UINT);
  const board = code(reader.text(), 12);
  const serialNumber = code(reader.text(), 24);
  const name = reader.text();
  const isInRange = statusIndex < 2 ** 24 && (level === 1 || level === 2) && day <= 0xffff;
  if (!isInRange || !isAllowedName(name) || !reader.isAtEnd) throw new Malformed();
  return {
    kid,
    publicId,
    statusIndex,
    level: level === 1 ? "basic" : "advanced",
    issuedOn: new Date(EPOCH_MS + day * DAY_MS).toISOString().slice(0, 10),
    board,
    serialNumber,
    name,
  };
}

function bytesOf(number: bigint): Uint8Array<ArrayBuffer> {
  const digits = number.toString(16);
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  return Uint8Array.from({ length: even.length / 2 }, (_, i) =>
    Number.parseInt(even.slice(2 * i, 2 * i + 2), 16),
  );
}

/** Takes the digits apart; null when no signer of this system writes such a text. */
export function readPayload(digits: string): Payload | null {
  if (digits.length > LONGEST_DIGITS || !/^[1-9][0-9]*$/.test(digits)) return null;
  const blob = bytesOf(BigInt(digits));
  if (blob.length > LONGEST_BLOB || blob.length <= SIGNATURE_BYTES + 2 || blob[0] !== LAYOUT) return null;
  const encoded = blob.subarray(1, blob.length - SIGNATURE_BYTES);
  const signed = new Uint8Array(DOMAIN.length + encoded.length);
  signed.set(DOMAIN);
  signed.set(encoded, DOMAIN.length);
  try {
    return { facts: readFacts(encoded), signed, signature: blob.slice(blob.length - SIGNATURE_BYTES) };
  } catch {
    return null; // Malformed, or text that is not UTF-8.
  }
}
