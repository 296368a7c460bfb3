/** States of something one edits, to go back to and forward again. */

export interface Steps<State> {
  readonly past: readonly State[];
  readonly present: State;
  readonly future: readonly State[];
  /** Field that the last change was typed in; more typing there belongs to the same step. */
  readonly typedIn?: string | undefined;
}

const MOST_KEPT = 100;

export const startOf = <State>(present: State): Steps<State> => ({ past: [], present, future: [] });

/** The state after a change; a change that changes nothing leaves no step behind. */
export function after<State>(steps: Steps<State>, next: State, typedIn?: string): Steps<State> {
  if (JSON.stringify(next) === JSON.stringify(steps.present)) return steps;
  const past =
    typedIn !== undefined && typedIn === steps.typedIn
      ? steps.past
      : [...steps.past, steps.present].slice(-MOST_KEPT);
  return { past, present: next, future: [], typedIn };
}

/** The same state; what is typed from now on is a step of its own. */
export const settledOf = <State>({ past, present, future }: Steps<State>): Steps<State> => ({
  past,
  present,
  future,
});

export function undone<State>({ past, present, future }: Steps<State>): Steps<State> {
  const last = past.at(-1);
  return last === undefined
    ? { past, present, future }
    : { past: past.slice(0, -1), present: last, future: [present, ...future] };
}

export function redone<State>({ past, present, future }: Steps<State>): Steps<State> {
  const [next, ...rest] = future;
  return next === undefined
    ? { past, present, future }
    : { past: [...past, present], present: next, future: rest };
}
