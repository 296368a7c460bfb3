/** Views and paths of the API as the server's own schema has them; `npm run api` renews it. */
import type { components, paths } from "./schema";

export type Views = components["schemas"];
export type ServerPaths = paths;
