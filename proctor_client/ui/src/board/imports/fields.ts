/** What an author sets of items, as typed into fields and as the server takes it. */
import type { Views } from "../../lib/api/server";

export type Level = NonNullable<Views["ImportRowView"]["cognitive_level"]>;
export const LEVELS: readonly Level[] = ["NB", "TH", "VD", "VDC"];

export interface Typed {
  reference: string;
  level: string;
  points: string;
  tags: string;
}

export const typed = (said: {
  reference_code?: string | null;
  cognitive_level?: string | null;
  points?: string | number | null;
  tags?: readonly string[];
}): Typed => ({
  reference: said.reference_code ?? "",
  level: said.cognitive_level ?? "",
  points: String(said.points ?? "").replace(".", ","),
  tags: (said.tags ?? []).join(", "),
});

/** An empty field gives null. */
export const given = (fields: Typed) => ({
  reference_code: fields.reference.trim().toUpperCase() || null,
  cognitive_level: LEVELS.find((level) => level === fields.level) ?? null,
  points: fields.points.trim().replace(",", ".") || null,
  tags: fields.tags
    .split(",")
    .map((tag) => tag.trim())
    .filter(Boolean),
});
