/** The only door through which HTML text becomes markup: item content that the server has sanitised. */

interface HtmlPolicy {
  createHTML(html: string): unknown;
}
interface PolicyFactory {
  createPolicy(name: string, rules: { createHTML(html: string): string }): HtmlPolicy;
}

// Firefox and Safari of the supported range have no Trusted Types; there the text is set as it is.
const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes;
const policy = factory?.createPolicy("item-html", { createHTML: (html) => html });

/** Sets an element's content to sanitised item HTML. */
export function setItemHtml(element: Element, html: string): void {
  // The DOM's type says string; under Trusted Types it takes the policy's object.
  element.innerHTML = (policy ? policy.createHTML(html) : html) as string;
}
