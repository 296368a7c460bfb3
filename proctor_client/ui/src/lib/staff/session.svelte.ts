/** Who is logged in at a staff page and what they may do. */
import { adoptSession, answer, api, readSession, signOut } from "../api/client";
import type { SessionView } from "../api/types";

type Actor = NonNullable<SessionView["actor"]>;

class StaffSession {
  /** `expired`: the page stays as it is behind the login form, so that nothing typed is lost. */
  state = $state<"loading" | "unreachable" | "signed_out" | "signed_in" | "expired">("loading");
  actor = $state.raw<Actor | null>(null);
  /** A candidate's login in this browser is no staff login. */
  isCandidate = $state(false);

  can(permission: string): boolean {
    return this.actor?.permissions.includes(permission) ?? false;
  }

  async open(): Promise<void> {
    this.state = "loading";
    try {
      this.#take(await readSession());
    } catch {
      this.state = "unreachable";
    }
  }

  async signIn(credentials: { username: string; password: string }): Promise<void> {
    this.#take(adoptSession(await answer(api.POST("/api/session", { body: credentials }))));
  }

  async signOut(): Promise<void> {
    await signOut();
    this.actor = null;
    this.state = "signed_out";
  }

  expire(): void {
    if (this.state === "signed_in") this.state = "expired";
  }

  #take(view: SessionView): void {
    this.isCandidate = view.actor?.kind === "candidate";
    this.actor = view.actor?.kind === "user" ? view.actor : null;
    this.state = this.actor ? "signed_in" : "signed_out";
  }
}

export const session = new StaffSession();
