/** Comfort and tools of the candidate; they come once a question stands on the screen. */
export type DeskPart = typeof import("./tools/part");

/** The watch on the window of the exam. */
export type WindowPart = typeof import("./window/part");

export const windowPart = (): Promise<WindowPart> => import("./window/part");

export const deskPart = (): Promise<DeskPart> => import("./tools/part");
