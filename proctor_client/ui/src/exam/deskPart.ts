/** Comfort and tools of the candidate; they come once a question stands on the screen. */
export type DeskPart = typeof import("./tools/part");

export const deskPart = (): Promise<DeskPart> => import("./tools/part");
