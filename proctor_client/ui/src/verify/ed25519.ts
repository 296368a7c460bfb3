/** Checks Ed25519 signatures: by the browser where it can, else by a small library fetched only then. */

export async function isSignedBy(
  publicKey: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
  message: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  let key: CryptoKey;
  try {
    key = await crypto.subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]);
  } catch {
    // Browsers before 2024–2025 do not know the algorithm; a key that is no point fails there as well.
    const { verifyAsync } = await import("@noble/ed25519");
    return verifyAsync(signature, message, publicKey, { zip215: false }).catch(() => false);
  }
  return crypto.subtle.verify("Ed25519", key, signature, message);
}
