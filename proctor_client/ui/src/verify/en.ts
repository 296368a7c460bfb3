/** English words of the verification page. */
import type { vi } from "./vi";

export const en: typeof vi = {
  title: "Check a certificate",
  heading: "Check an IT certificate",
  checking: "Checking…",
  green: "The certificate is valid",
  greenText: "The exam board's digital signature is right and the certificate was not revoked.",
  forged: "Forged or altered",
  forgedText:
    "The digital signature in the QR code does not fit its content. Do not trust what the paper says.",
  revoked: "The certificate was revoked",
  revokedText: "The exam board issued it, but it has no value any more.",
  superseded: "The certificate was replaced by another",
  supersededText: "This paper has no value any more; ask the holder for the new one.",
  decision: (number, date) => `By decision no. ${number} of ${date}.`,
  decisionUnknown: "Number and date of the decision could not be loaded.",
  amber: "Could not be checked",
  doubts: {
    unreadable:
      "The content of the QR code is not in the right form: it was cut short, or is not of this certificate.",
    insecure: "The browser can check digital signatures only when the page is opened over https.",
    no_keys: "The exam board's keys could not be loaded: there is no network, or the server does not answer.",
    unknown_key: "This exam board has no key that signed the QR code. It may be forged, or issued elsewhere.",
    key_revoked: "The key that signed this QR code was withdrawn, so the signature proves nothing any more.",
    key_not_valid_then: "The issue date lies outside the time in which the key was used.",
    no_list:
      "The signature is right, but the list of revocations could not be loaded, so it may have been revoked.",
    list_untrusted:
      "The certificate's signature is right, but the list of revocations has no signature to trust.",
    list_stale:
      "The signature is right, but this device's list of revocations is too old. Go online and try again.",
    clock_wrong:
      "The signature is right, but this device's date is wrong, so the age of its list is unknown.",
    not_in_list: "The signature is right, but the list of revocations does not hold this certificate.",
  },
  compare: "Compare with the paper and the identity paper",
  compareText: "Every line must be the same on the paper; the name must be that of the person who shows it.",
  concerned: "The certificate with this code",
  unproved: "Signed, but not known to be still in force",
  name: "Name",
  level: "Certificate",
  basic: "Basic IT application",
  advanced: "Advanced IT application",
  serialNumber: "Serial number",
  issuedOn: "Issued on",
  lookupId: "Look-up code",
  specimen: "SPECIMEN of a trial installation – without value",
  listAge: (when) => `List of revocations of ${when}.`,
  authority: "The exam board's register of certificates is the final authority.",
  askRegister: "Look it up in the board's register",
  again: "Check again",
  host: (host) =>
    `You are on ${host}. Trust the result only if that is the address printed on the certificate.`,
  empty: "Scan the QR code on the certificate with the phone's camera; this page opens with the result.",
  emptyText: "Scanning does not work? Type the look-up code printed beside the QR code.",
  typeId: "Type the look-up code",
};
