/** The page's current address, followed by everything that reads it. */
import { type Changes, changedQuery, formatRoute, parseRoute, type Route } from "./route";

const current: { route: Route } = $state({ route: parseRoute(location.hash) });

addEventListener("hashchange", () => {
  current.route = parseRoute(location.hash);
});

export const route = (): Route => current.route;

/** An address for a link or `go`. */
export const href = (path: readonly string[], query: Changes = {}): string =>
  formatRoute(path, changedQuery(new URLSearchParams(), query));

export function go(path: readonly string[], query: Changes = {}): void {
  location.hash = href(path, query);
}

/** Changes the list shown, in place: typing a search must not fill the browser's history. */
export function setQuery(changes: Changes): void {
  const { path, query } = parseRoute(location.hash);
  const next = formatRoute(path, changedQuery(query, changes));
  history.replaceState(history.state, "", next);
  current.route = parseRoute(next);
}
