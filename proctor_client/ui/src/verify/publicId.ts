/** Writes the public id of a certificate as it is printed: Crockford's base 32 and a check character over GF(32). */

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const DIGITS = 13;

const timesX = (value: number): number => ((value << 1) & 32 ? (value << 1) ^ 0b100101 : value << 1);

/** `7QK4M-2XR9V-TB3C`. */
export function formatPublicId(identity: Uint8Array): string {
  let number = 0n;
  for (const byte of identity) number = (number << 8n) | BigInt(byte);
  const digits = Array.from({ length: DIGITS }, (_, i) =>
    Number((number >> BigInt(5 * (DIGITS - 1 - i))) & 31n),
  );
  const check = digits.reduce((sum, digit) => timesX(sum ^ digit), 0);
  const text = [...digits, check].map((digit) => ALPHABET[digit]).join("");
  return `${text.slice(0, 5)}-${text.slice(5, 10)}-${text.slice(10)}`;
}
