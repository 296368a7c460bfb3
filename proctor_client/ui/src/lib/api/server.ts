/** Views and paths as the server's own schema names them; `npm run api` renews it. */
import type { components, paths } from "./schema";
import type { paths as agreed } from "./types";

export type Views = components["schemas"];

/** What the server has, and what it has agreed to. */
export type ServerPaths = paths & Omit<agreed, keyof paths>;
