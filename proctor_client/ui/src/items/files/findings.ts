/** What looking through a file has found, as a kind that there are words for. */

export type FindingKind =
  | "sound"
  | "not_examined"
  | "damaged"
  | "too_slow"
  | "other_type"
  | "old_office"
  | "macros"
  | "encrypted"
  | "remote"
  | "not_unicode"
  | "unusual";

const KINDS: Record<string, FindingKind> = {
  sound: "sound",
  not_examined: "not_examined",
  upload_unreadable: "damaged",
  upload_too_slow: "too_slow",
  media_empty: "damaged",
  attachment_damaged: "damaged",
  attachment_name_disagrees: "other_type",
  attachment_type_unsupported: "other_type",
  attachment_old_office: "old_office",
  attachment_has_macros: "macros",
  attachment_encrypted: "encrypted",
  attachment_loads_remote: "remote",
  attachment_text_not_unicode: "not_unicode",
};

/** A code that this page does not know says at least that something is unusual. */
export const findingKind = (finding: string): FindingKind => KINDS[finding] ?? "unusual";

export const isHarmless = (finding: string): boolean => finding === "sound" || finding === "not_examined";
