/** Registers a page's service worker; the page works without one, only not offline. */

interface ScriptPolicy {
  createScriptURL(url: string): unknown;
}
interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): ScriptPolicy;
}

/** Resolves to whether a reload without a network will find the page. */
export async function registerWorker(script: string, scope: string): Promise<boolean> {
  if (!("serviceWorker" in navigator)) return false;
  const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes;
  // The only script address that this policy ever lets through is the one asked for here.
  const policy = factory?.createPolicy("exam-sw", { createScriptURL: () => script });
  try {
    // The DOM's type says string; under Trusted Types it takes the policy's object.
    const url = (policy ? policy.createScriptURL(script) : script) as string;
    await navigator.serviceWorker.register(url, { scope });
    await navigator.serviceWorker.ready;
    return true;
  } catch {
    return false;
  }
}
