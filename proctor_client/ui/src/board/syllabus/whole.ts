/** The whole syllabus, for whoever names or chooses entries below modules. */
import { answer } from "../../lib/api/client";
import type { Views } from "../../lib/api/server";
import { Resource } from "../../lib/resource.svelte";
import { staffApi } from "../../lib/staff/api";
import type { Framework, Node } from "./tree";

export class WholeSyllabus {
  readonly stored = new Resource<Views["SyllabusView"]>();

  load(): Promise<void> {
    return this.stored.load(() => answer(staffApi.GET("/api/syllabus")));
  }

  get frameworks(): readonly Framework[] {
    return this.stored.value?.frameworks ?? [];
  }

  find(code: string): Node | undefined {
    return this.frameworks.flatMap(({ nodes }) => nodes).find((one) => one.code === code);
  }
}
