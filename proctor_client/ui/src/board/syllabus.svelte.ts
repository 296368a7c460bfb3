/** Modules of the syllabus, read once for all areas that name them. */
import { answer } from "../lib/api/client";
import type { Views } from "../lib/api/server";
import { language } from "../lib/i18n/language.svelte";
import { Resource } from "../lib/resource.svelte";
import { staffApi } from "../lib/staff/api";

type Module = Views["ModuleList"]["items"][number];

const modules = new Resource<Views["ModuleList"]>();

/** All modules, empty until they have come. */
export function syllabus(): readonly Module[] {
  return modules.value?.items ?? [];
}

export async function loadSyllabus(): Promise<void> {
  if (modules.value === null) await modules.load(() => answer(staffApi.GET("/api/modules")));
}

/** The module's name in the page's language; the code where the name is not known. */
export function moduleName(code: string): string {
  const module = syllabus().find((known) => known.code === code);
  if (!module) return code;
  return language() === "en" && module.name_en ? module.name_en : module.name;
}

/** Lets whoever names modules next read them anew. */
export function forgetSyllabus(): void {
  modules.value = null;
}
