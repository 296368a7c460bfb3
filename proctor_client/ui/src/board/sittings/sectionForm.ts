/** The sections of a sitting as its form holds them. */
import type { Views } from "$lib/api/server";

export type PlannedSection = Views["SittingView"]["sections"][number];

export interface SectionForm {
  title: string;
  kind: PlannedSection["kind"];
  /** Codes as they are typed, between commas or spaces. */
  modules: string;
  minutes: number | null;
  navigation: PlannedSection["navigation"];
}

export const emptySection = (kind: PlannedSection["kind"], title: string): SectionForm => ({
  title,
  kind,
  modules: "",
  minutes: null,
  navigation: "free",
});

export const sectionForms = (sections: readonly PlannedSection[]): SectionForm[] =>
  sections.map((section) => ({ ...section, modules: section.modules.join(", ") }));

/** `IU01, iu02;IU03` names three modules, each once. */
export const moduleCodes = (typed: string): string[] => [
  ...new Set(
    typed
      .split(/[\s,;]+/)
      .filter(Boolean)
      .map((code) => code.toUpperCase()),
  ),
];

export const plannedSections = (forms: readonly SectionForm[]): PlannedSection[] =>
  forms.map(({ title, kind, modules, minutes, navigation }) => ({
    title: title.trim().normalize("NFC"),
    kind,
    modules: moduleCodes(modules),
    minutes: minutes ?? 0,
    navigation,
  }));

export const totalMinutes = (forms: readonly { minutes: number | null }[]): number =>
  forms.reduce((sum, { minutes }) => sum + (minutes ?? 0), 0);

/** The list with what stands at `from` moved by one place. */
export function moved<Entry>(list: readonly Entry[], from: number, by: -1 | 1): Entry[] {
  const next = [...list];
  const [entry] = next.splice(from, 1);
  if (entry !== undefined) next.splice(from + by, 0, entry);
  return next;
}
