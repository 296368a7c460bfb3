/** Faults by their place in the item. */

export interface PlacedFault {
  place: string;
  message: string;
  fix: string;
}

export type Faults = readonly PlacedFault[];

const said = ({ message, fix }: PlacedFault): string =>
  [message.replace(/\.?$/, "."), fix].filter(Boolean).join(" ");

/** What is wrong exactly at the place; null when nothing is. */
export const faultAt = (faults: Faults, place: string): string | null =>
  faults
    .filter((fault) => fault.place === place)
    .map(said)
    .join(" ") || null;

/** What is wrong at the place or at something in it. */
export const faultUnder = (faults: Faults, place: string): string | null =>
  [
    ...new Set(
      faults.filter((fault) => fault.place === place || fault.place.startsWith(`${place}/`)).map(said),
    ),
  ].join(" ") || null;
