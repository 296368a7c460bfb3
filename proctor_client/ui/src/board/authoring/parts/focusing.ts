/** Moves the focus into parts of the form; rich-text fields take a moment to come. */

const FIELDS = '[role="textbox"], input:not([type="hidden"]), textarea, select';
const FRAMES = 30;

/** Focuses the first field of an element as soon as it is there. */
export async function focusIn(element: Element | null | undefined): Promise<void> {
  for (let frame = 0; element && frame < FRAMES; frame++) {
    const waits = element.querySelector('[aria-busy="true"]') !== null;
    const field = element.matches(FIELDS) ? element : element.querySelector<HTMLElement>(FIELDS);
    if (field && !waits) {
      (field as HTMLElement).focus();
      return;
    }
    if (!waits && element.hasAttribute("tabindex")) {
      (element as HTMLElement).focus();
      return;
    }
    await new Promise(requestAnimationFrame);
  }
}

/** Focuses the field at a place of the item, or at what holds it; false where the page shows none. */
export function focusPlace(root: ParentNode, place: string): boolean {
  for (let at = place; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf("/")))) {
    const element = root.querySelector(`[data-place="${CSS.escape(at)}"]`);
    if (element) {
      element.scrollIntoView({ block: "center" });
      void focusIn(element);
      return true;
    }
  }
  return false;
}
