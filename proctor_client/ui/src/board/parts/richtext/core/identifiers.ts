/** Keeps the ids of gaps and hot texts: the one that was there first keeps its id, a copy gets a new one. */
import type { Mark, Node } from "prosemirror-model";
import { type EditorState, Plugin, PluginKey, type Transaction } from "prosemirror-state";
import type { Mappable } from "prosemirror-transform";

/** A gap, or a run of words with the same hot text's mark. */
interface Place {
  id: string;
  from: number;
  to: number;
}
interface Highest {
  gap: number;
  hottext: number;
}

const key = new PluginKey<Highest>("identifiers");

const hottextOf = (node: Node): Mark | undefined => node.marks.find((mark) => mark.type.name === "hottext");

/** All gaps in their order. */
export function gapPlaces(doc: Node): Place[] {
  const places: Place[] = [];
  doc.descendants((node, from) => {
    if (node.type.name === "gap") places.push({ id: String(node.attrs.id), from, to: from + 1 });
  });
  return places;
}

/** All hot texts in their order; neighbours with one id are one place. */
export function hottextPlaces(doc: Node): Place[] {
  const places: Place[] = [];
  doc.descendants((node, from) => {
    const mark = node.isInline ? hottextOf(node) : undefined;
    if (!mark) return;
    const id = String(mark.attrs.id);
    const last = places.at(-1);
    if (last?.id === id && last.to === from) last.to = from + node.nodeSize;
    else places.push({ id, from, to: from + node.nodeSize });
  });
  return places;
}

const numberOf = (id: string): number => Number(/\d+$/.exec(id)?.[0] ?? 0);
const highestOf = (places: readonly Place[], sofar: number): number =>
  places.reduce((most, place) => Math.max(most, numberOf(place.id)), sofar);

/** An id that this field has not given out since it was opened, so that the key of a deleted gap fits no other. */
export function freshId(state: EditorState, kind: keyof Highest): string {
  return `${kind === "gap" ? "g" : "h"}${(key.getState(state)?.[kind] ?? 0) + 1}`;
}

/** The places whose id belongs to another one. */
function copies(places: readonly Place[], before: readonly Place[], mapping: Mappable): Place[] {
  const owners = new Map<string, Place>();
  for (const old of before) {
    const [from, to] = [mapping.map(old.from, 1), mapping.map(old.to, -1)];
    const kept = places.find((place) => place.id === old.id && place.from < to && from < place.to);
    if (kept && !owners.has(old.id)) owners.set(old.id, kept);
  }
  return places.filter((place) => {
    const owner = owners.get(place.id);
    if (owner === undefined) owners.set(place.id, place);
    return owner !== undefined && owner !== place;
  });
}

/** Gives copies new ids after each change; to be listed before the history, which then undoes both together. */
export function identifiers(): Plugin<Highest> {
  return new Plugin<Highest>({
    key,
    state: {
      init: (_config, { doc }) => highest(doc, { gap: 0, hottext: 0 }),
      apply: (change, value) => (change.docChanged ? highest(change.doc, value) : value),
    },
    appendTransaction(changes, before, after) {
      if (!changes.some((change) => change.docChanged)) return null;
      const mapping: Mappable = {
        map: (position, side) => changes.reduce((at, change) => change.mapping.map(at, side), position),
        mapResult: () => {
          throw new Error("not needed");
        },
      };
      const correction = after.tr;
      renumberGaps(correction, copies(gapPlaces(after.doc), gapPlaces(before.doc), mapping), after);
      renumberHottexts(
        correction,
        copies(hottextPlaces(after.doc), hottextPlaces(before.doc), mapping),
        after,
      );
      return correction.docChanged ? correction : null;
    },
  });
}

function highest(doc: Node, sofar: Highest): Highest {
  return { gap: highestOf(gapPlaces(doc), sofar.gap), hottext: highestOf(hottextPlaces(doc), sofar.hottext) };
}

function renumberGaps(correction: Transaction, places: readonly Place[], state: EditorState): void {
  let next = numberOf(freshId(state, "gap"));
  for (const place of places) correction.setNodeAttribute(place.from, "id", `g${next++}`);
}

function renumberHottexts(correction: Transaction, places: readonly Place[], state: EditorState): void {
  let next = numberOf(freshId(state, "hottext"));
  const type = state.schema.marks.hottext;
  for (const place of places) {
    if (type) correction.addMark(place.from, place.to, type.create({ id: `h${next++}` }));
  }
}
