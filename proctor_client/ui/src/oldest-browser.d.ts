/**
 * Chrome 109, the oldest browser that is served, knows ES2022 and of later years only this; anything else of them is an
 * error of the type check, not of a room full of old computers.
 */
interface Array<T> {
  findLast(predicate: (value: T, index: number, array: T[]) => unknown): T | undefined;
}
interface ReadonlyArray<T> {
  findLast(predicate: (value: T, index: number, array: readonly T[]) => unknown): T | undefined;
}
