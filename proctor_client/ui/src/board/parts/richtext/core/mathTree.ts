/** MathML as plain data, so that formulas of any origin go through the editor without a word of foreign markup. */

export const MATHML = "http://www.w3.org/1998/Math/MathML";

/** Name, attributes, children; a string is text. */
export type MathTree = readonly [string, Readonly<Record<string, string>>, readonly (MathTree | string)[]];

const ELEMENTS = new Set(
  (
    "math mrow mi mn mo mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mtable mtr mtd " +
    "mstyle mpadded mphantom semantics annotation"
  ).split(" "),
);
const ATTRIBUTES = new Set(
  (
    "accent accentunder columnalign columnlines columnspacing columnspan depth display displaystyle encoding fence " +
    "form height largeop linebreak linethickness lspace mathvariant maxsize minsize movablelimits rowalign rowlines " +
    "rowspacing rowspan rspace scriptlevel separator stretchy symmetric voffset width"
  ).split(" "),
);
const TEX = "application/x-tex";
const DEPTH_LIMIT = 60;

/** The LaTeX source that a formula carries, or null. */
export function latexOf(math: Element): string | null {
  const notes = [...math.querySelectorAll("annotation")];
  const source = notes.find((note) => note.getAttribute("encoding") === TEX)?.textContent?.trim();
  return source ? source : null;
}

/** A formula's elements and attributes as far as they are presentation MathML. */
export function mathTree(math: Element): MathTree {
  return branch(math, 0)[0] as MathTree;
}

function branch(element: Element, depth: number): (MathTree | string)[] {
  if (depth > DEPTH_LIMIT) return [element.textContent ?? ""];
  const children = [...element.childNodes].flatMap((child) => {
    if (child.nodeType === 3) return [child.nodeValue ?? ""];
    return child.nodeType === 1 ? branch(child as Element, depth + 1) : [];
  });
  const name = element.localName;
  if (name === "annotation-xml" || (name === "annotation" && element.getAttribute("encoding") !== TEX))
    return [];
  if (!ELEMENTS.has(name)) return children;
  const attributes = Object.fromEntries(
    [...element.attributes]
      .filter((attribute) => ATTRIBUTES.has(attribute.name))
      .map((attribute) => [attribute.name, attribute.value]),
  );
  return [[name, attributes, children]];
}

/** The formula as an element. */
export function mathElement([name, attributes, children]: MathTree, document: Document): Element {
  const element = document.createElementNS(MATHML, name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  for (const child of children)
    element.append(typeof child === "string" ? child : mathElement(child, document));
  return element;
}
