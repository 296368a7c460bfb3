/** The board at work on the syllabus: what is stored, every act on it, and the way back from each. */
import { answer } from "../../lib/api/client";
import type { Views } from "../../lib/api/server";
import { Resource } from "../../lib/resource.svelte";
import { staffApi } from "../../lib/staff/api";
import { forgetSyllabus } from "../syllabus.svelte";
import { childrenOf, type Framework, keyOfFramework, keyOfNode, type Node } from "./tree";
import { words } from "./words";

export type NodeFacts = Omit<Views["NodeChange"], "revision">;
export type FrameworkFacts = Omit<Views["FrameworkChange"], "revision">;

/** An act that was done, named in the page's language at the time it is shown. */
interface Step {
  name: () => string;
  undo: () => Promise<unknown>;
  redo: () => Promise<unknown>;
}

export const factsOf = (node: Node): NodeFacts => ({
  name: node.name,
  name_en: node.name_en,
  standard_level: node.standard_level ?? null,
  source: node.source,
  source_note: node.source_note,
  valid_from: node.valid_from ?? null,
  valid_to: node.valid_to ?? null,
  replaced_by: node.replaced_by ?? null,
});

export const factsOfFramework = (framework: Framework): FrameworkFacts => ({
  name: framework.name,
  name_en: framework.name_en,
  legal_basis: framework.legal_basis,
  source: framework.source,
  source_note: framework.source_note,
  valid_from: framework.valid_from,
  valid_to: framework.valid_to ?? null,
});

const atNode = (code: string) => ({ params: { path: { code } } });
const atFramework = (framework: string) => ({ params: { query: { framework } } });

export class SyllabusDesk {
  readonly stored = new Resource<Views["SyllabusView"]>();
  #past = $state.raw<readonly Step[]>([]);
  #future = $state.raw<readonly Step[]>([]);
  /** What this page stored last, by key: going back over somebody else's change is refused by the server. */
  readonly #revisions = new Map<string, number>();

  get frameworks(): readonly Framework[] {
    return this.stored.value?.frameworks ?? [];
  }
  /** What going back would undo; null when there is nothing. */
  get lastAct(): string | null {
    return this.#past.at(-1)?.name() ?? null;
  }
  get nextAct(): string | null {
    return this.#future.at(-1)?.name() ?? null;
  }

  load = (): Promise<void> => this.stored.load(() => answer(staffApi.GET("/api/syllabus")));

  frameworkOf(code: string): Framework | undefined {
    return this.frameworks.find((framework) => framework.nodes.some((node) => node.code === code));
  }
  node(code: string): Node | undefined {
    return this.frameworkOf(code)?.nodes.find((node) => node.code === code);
  }

  async addNode(framework: string, parent: string | null, code: string, facts: NodeFacts): Promise<void> {
    const add = () => this.#postNode(framework, parent, code, facts);
    await this.#do({
      name: () => words.steps.added(code),
      redo: add,
      undo: () => staffApi.DELETE("/api/syllabus/nodes/{code}", atNode(code)),
    });
  }

  async changeNode(node: Node, facts: NodeFacts): Promise<void> {
    const before = factsOf(node);
    const { code } = node;
    this.#revisions.set(keyOfNode(code), node.revision);
    const name = () => {
      if (!before.valid_to && facts.valid_to) return words.steps.retired(code);
      return before.valid_to && !facts.valid_to ? words.steps.restored(code) : words.steps.changed(code);
    };
    await this.#do({ name, redo: () => this.#putNode(code, facts), undo: () => this.#putNode(code, before) });
  }

  async removeNode(framework: Framework, node: Node): Promise<void> {
    const { code, parent_code: parent } = node;
    const facts = factsOf(node);
    const place = childrenOf(framework, parent).findIndex((sibling) => sibling.code === code);
    await this.#do({
      name: () => words.steps.removed(code),
      redo: () => staffApi.DELETE("/api/syllabus/nodes/{code}", atNode(code)),
      undo: async () => {
        await this.#postNode(framework.code, parent, code, facts);
        await this.load();
        await this.#place(framework.code, parent, code, place);
      },
    });
  }

  /** Puts a node before (-1) or after (+1) its neighbour; at the edge nothing happens. */
  async move(framework: Framework, node: Node, by: -1 | 1): Promise<void> {
    const parent = node.parent_code;
    const before = childrenOf(framework, parent).map((sibling) => sibling.code);
    const from = before.indexOf(node.code);
    const neighbour = before[from + by];
    if (neighbour === undefined) return;
    const after = [...before];
    after[from] = neighbour;
    after[from + by] = node.code;
    await this.#do({
      name: () => words.steps.moved(node.code),
      redo: () => this.#putOrder(framework.code, parent, after),
      undo: () => this.#putOrder(framework.code, parent, before),
    });
  }

  async addFramework(code: string, facts: FrameworkFacts): Promise<void> {
    await this.#do({
      name: () => words.steps.added(code),
      redo: () => this.#postFramework(code, facts),
      undo: () => staffApi.DELETE("/api/syllabus/frameworks", atFramework(code)),
    });
  }

  async changeFramework(framework: Framework, facts: FrameworkFacts): Promise<void> {
    const before = factsOfFramework(framework);
    const { code } = framework;
    this.#revisions.set(keyOfFramework(code), framework.revision);
    await this.#do({
      name: () => words.steps.changed(code),
      redo: () => this.#putFramework(code, facts),
      undo: () => this.#putFramework(code, before),
    });
  }

  async removeFramework(framework: Framework): Promise<void> {
    const { code } = framework;
    const facts = factsOfFramework(framework);
    await this.#do({
      name: () => words.steps.removed(code),
      redo: () => staffApi.DELETE("/api/syllabus/frameworks", atFramework(code)),
      undo: () => this.#postFramework(code, facts),
    });
  }

  /** After an import there is no way back by steps: it may have changed whatever they would go back to. */
  async imported(): Promise<void> {
    this.#past = this.#future = [];
    await this.#reload();
  }

  async undo(): Promise<string | null> {
    const step = this.#past.at(-1);
    if (step === undefined) return null;
    await step.undo();
    this.#past = this.#past.slice(0, -1);
    this.#future = [...this.#future, step];
    await this.#reload();
    return step.name();
  }

  async redo(): Promise<string | null> {
    const step = this.#future.at(-1);
    if (step === undefined) return null;
    await step.redo();
    this.#future = this.#future.slice(0, -1);
    this.#past = [...this.#past, step];
    await this.#reload();
    return step.name();
  }

  async #do(step: Step): Promise<void> {
    await step.redo();
    this.#past = [...this.#past, step];
    this.#future = [];
    await this.#reload();
  }

  async #reload(): Promise<void> {
    forgetSyllabus();
    await this.load();
  }

  async #postNode(
    framework_code: string,
    parent_code: string | null,
    code: string,
    facts: NodeFacts,
  ): Promise<void> {
    const body = { framework_code, parent_code, code, ...facts };
    const { revision } = await answer(staffApi.POST("/api/syllabus/nodes", { body }));
    this.#revisions.set(keyOfNode(code), revision);
  }

  async #putNode(code: string, facts: NodeFacts): Promise<void> {
    const body = { ...facts, revision: this.#revisions.get(keyOfNode(code)) ?? 1 };
    const { revision } = await answer(staffApi.PUT("/api/syllabus/nodes/{code}", { ...atNode(code), body }));
    this.#revisions.set(keyOfNode(code), revision);
  }

  async #putOrder(framework_code: string, parent_code: string | null, codes: string[]): Promise<void> {
    await staffApi.PUT("/api/syllabus/order", { body: { framework_code, parent_code, codes } });
  }

  /** Puts a node that came last back where it was among those that are there now. */
  async #place(framework_code: string, parent: string | null, code: string, place: number): Promise<void> {
    const framework = this.frameworks.find((one) => one.code === framework_code);
    if (framework === undefined) return;
    const others = childrenOf(framework, parent)
      .map((sibling) => sibling.code)
      .filter((sibling) => sibling !== code);
    if (place >= others.length) return;
    await this.#putOrder(framework_code, parent, [...others.slice(0, place), code, ...others.slice(place)]);
  }

  async #postFramework(code: string, facts: FrameworkFacts): Promise<void> {
    const { revision } = await answer(
      staffApi.POST("/api/syllabus/frameworks", { body: { code, ...facts } }),
    );
    this.#revisions.set(keyOfFramework(code), revision);
  }

  async #putFramework(code: string, facts: FrameworkFacts): Promise<void> {
    const body = { ...facts, revision: this.#revisions.get(keyOfFramework(code)) ?? 1 };
    const call = staffApi.PUT("/api/syllabus/frameworks", { ...atFramework(code), body });
    this.#revisions.set(keyOfFramework(code), (await answer(call)).revision);
  }
}
