/** The syllabus as rows of a tree: what is in sight, in reading order. */
import type { Views } from "../../lib/api/server";
import { fold } from "../fold";

export type Framework = Views["FrameworkView"];
export type Node = Views["NodeView"];
export type Source = Node["source"];

export interface Row {
  /** Unlike a code, different for a framework and a module of the same letters. */
  key: string;
  /** 1 a framework, 2 a module … */
  level: number;
  framework: Framework;
  /** Null: the framework itself. */
  node: Node | null;
  hasChildren: boolean;
  isOpen: boolean;
  /** From 1, among the siblings in sight. */
  position: number;
  siblings: number;
}

export interface Wanted {
  q: string;
  source: Source | null;
  isInForce: boolean | null;
}

export const keyOfFramework = (code: string): string => `framework ${code}`;
export const keyOfNode = (code: string): string => `node ${code}`;

export const isNarrowed = (wanted: Wanted): boolean =>
  fold(wanted.q).trim() !== "" || wanted.source !== null || wanted.isInForce !== null;

/** Whether every word that was searched for stands in the code or a name, whatever their marks and case. */
function matcher(wanted: Wanted): (thing: Framework | Node) => boolean {
  const asked = fold(wanted.q).split(/\s+/).filter(Boolean);
  return (thing) => {
    const text = fold(`${thing.code} ${thing.name} ${thing.name_en}`);
    return (
      asked.every((word) => text.includes(word)) &&
      (wanted.source === null || thing.source === wanted.source) &&
      (wanted.isInForce === null || thing.is_in_force === wanted.isInForce)
    );
  };
}

/** Keys of what matches, and of that with everything above it. */
function kept(frameworks: readonly Framework[], wanted: Wanted): { found: number; keys: Set<string> } {
  const matches = matcher(wanted);
  const keys = new Set<string>();
  let found = 0;
  for (const framework of frameworks) {
    const parents = new Map(framework.nodes.map((node) => [node.code, node.parent_code]));
    if (matches(framework)) {
      found += 1;
      keys.add(keyOfFramework(framework.code));
    }
    for (const node of framework.nodes) {
      if (!matches(node)) continue;
      found += 1;
      keys.add(keyOfFramework(framework.code));
      for (let code: string | null = node.code; code !== null; code = parents.get(code) ?? null) {
        keys.add(keyOfNode(code));
      }
    }
  }
  return { found, keys };
}

export interface Tree {
  rows: readonly Row[];
  /** How many frameworks and nodes match; all of them where nothing is asked for. */
  found: number;
}

/** The rows in sight. A narrowed tree keeps what matches with everything above it. */
export function treeOf(
  frameworks: readonly Framework[],
  wanted: Wanted,
  isOpen: (key: string) => boolean,
): Tree {
  const { found, keys } = kept(frameworks, wanted);
  const rows: Row[] = [];

  function add(
    framework: Framework,
    node: Node | null,
    level: number,
    position: number,
    siblings: number,
  ): void {
    const key = node === null ? keyOfFramework(framework.code) : keyOfNode(node.code);
    const below = childrenOf(framework, node?.code ?? null).filter((child) =>
      keys.has(keyOfNode(child.code)),
    );
    const opened = below.length > 0 && isOpen(key);
    rows.push({
      key,
      level,
      framework,
      node,
      hasChildren: below.length > 0,
      isOpen: opened,
      position,
      siblings,
    });
    if (!opened) return;
    below.forEach((child, i) => {
      add(framework, child, level + 1, i + 1, below.length);
    });
  }

  const shown = frameworks.filter((framework) => keys.has(keyOfFramework(framework.code)));
  shown.forEach((framework, i) => {
    add(framework, null, 1, i + 1, shown.length);
  });
  return { rows, found };
}

const below = new WeakMap<Framework, Map<string | null, Node[]>>();

/** What lies directly in a node, or with null the modules of a framework. */
export function childrenOf(framework: Framework, code: string | null): readonly Node[] {
  let known = below.get(framework);
  if (known === undefined) {
    known = grouped(framework.nodes);
    below.set(framework, known);
  }
  return known.get(code) ?? [];
}

function grouped(nodes: readonly Node[]): Map<string | null, Node[]> {
  const groups = new Map<string | null, Node[]>();
  for (const node of nodes) {
    const group = groups.get(node.parent_code);
    if (group) group.push(node);
    else groups.set(node.parent_code, [node]);
  }
  return groups;
}

/** The nodes above one, from the module down. */
export function pathTo(framework: Framework, code: string): readonly Node[] {
  const nodes = new Map(framework.nodes.map((node) => [node.code, node]));
  const path: Node[] = [];
  for (let node = nodes.get(code); node; node = nodes.get(node.parent_code ?? "")) path.unshift(node);
  return path.slice(0, -1);
}

/** The next free code in a node: one more than the highest number there; empty for a module, whose code is free. */
export function nextCode(framework: Framework, parent: string | null): string {
  if (parent === null) return "";
  const numbers = childrenOf(framework, parent).map((node) => Number(node.code.slice(parent.length + 1)));
  return `${parent}.${Math.max(0, ...numbers) + 1}`;
}

/** How many items there are, whatever their status. */
export const itemTotal = (node: Node): number =>
  Object.values(node.items).reduce((sum, count) => sum + count, 0);
