/** What a rich text may hold: the server's HTML subset as a schema of nodes and marks. */
import {
  type Attrs,
  type DOMOutputSpec,
  type MarkSpec,
  type Node,
  type NodeSpec,
  Schema,
  type TagParseRule,
} from "prosemirror-model";
import { tableNodes } from "prosemirror-tables";
import { latexOf, type MathTree, mathElement, mathTree } from "./mathTree";

const LANGUAGE = /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i;

/** A language tag as HTML takes it, or null. */
export const languageTag = (text: string | null): string | null =>
  text !== null && LANGUAGE.test(text) ? text : null;

const IDENTIFIER = /^[a-z0-9]{1,8}$/;

/** Reads the id of a gap or a hot text; an element without a right one is none. */
const identified = (attribute: string) => (element: HTMLElement) => {
  const id = element.getAttribute(attribute) ?? "";
  return IDENTIFIER.test(id) ? { id } : false;
};

const anyLanguage = { lang: { default: null } };
const languageOf = (element: HTMLElement): Attrs => ({ lang: languageTag(element.getAttribute("lang")) });
const present = (attributes: Attrs): Attrs =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null));

/** A block that has nothing but a language of its own. */
function block(tag: string, spec: NodeSpec): NodeSpec {
  return {
    group: "block",
    attrs: anyLanguage,
    parseDOM: [{ tag, getAttrs: languageOf }],
    toDOM: (node) => [tag, present(node.attrs), 0],
    ...spec,
  };
}

function mark(tag: string, aliases: readonly string[] = [], spec: MarkSpec = {}): MarkSpec {
  return { parseDOM: [tag, ...aliases].map((name) => ({ tag: name })), toDOM: () => [tag, 0], ...spec };
}

function wholeNumber(element: Element, name: string): number | null {
  const text = element.getAttribute(name) ?? "";
  return /^\d{1,5}$/.test(text) ? Number(text) : null;
}

function countingNumber(element: Element, name: string): number | null {
  const text = element.getAttribute(name) ?? "";
  return /^-?\d{1,4}$/.test(text) ? Number(text) : null;
}

/** Pictures as they are stored, and as the clipboard brings them until they are uploaded. */
function picture(spec: NodeSpec, rule: Partial<TagParseRule> = {}): NodeSpec {
  const getAttrs = (element: HTMLElement): Attrs => ({
    src: element.getAttribute("src"),
    alt: element.getAttribute("alt") ?? "",
    width: wholeNumber(element, "width"),
    height: wholeNumber(element, "height"),
  });
  return {
    draggable: true,
    attrs: { src: {}, alt: { default: "" }, width: { default: null }, height: { default: null } },
    parseDOM: ['img[src^="media:"]', 'img[src^="data:image/"]'].map((tag) => ({ tag, getAttrs, ...rule })),
    toDOM: (node) => ["img", present(node.attrs)],
    ...spec,
  };
}

const cells = tableNodes({
  tableGroup: "block",
  cellContent: "block+",
  cellAttributes: Object.fromEntries(
    ["scope", "lang"].map((name) => [
      name,
      {
        default: null,
        getFromDOM: (cell: HTMLElement) => cell.getAttribute(name),
        setDOMAttr: (value: unknown, attributes: Record<string, unknown>) => {
          if (value !== null) attributes[name] = value;
        },
      },
    ]),
  ),
});

const nodes: Record<string, NodeSpec> = {
  paragraph: block("p", { content: "inline*" }),
  bullet_list: block("ul", { content: "list_item+" }),
  ordered_list: {
    group: "block",
    content: "list_item+",
    attrs: { start: { default: null }, type: { default: null }, ...anyLanguage },
    parseDOM: [
      {
        tag: "ol",
        getAttrs: (element) => {
          const start = countingNumber(element, "start");
          return {
            start: start === 1 ? null : start,
            type: /^[1aAiI]$/.exec(element.getAttribute("type") ?? "")?.[0] ?? null,
            ...languageOf(element),
          };
        },
      },
    ],
    toDOM: (node) => ["ol", present(node.attrs), 0],
  },
  list_item: block("li", {
    group: "",
    content: "block+",
    defining: true,
    attrs: { value: { default: null }, ...anyLanguage },
    parseDOM: [
      {
        tag: "li",
        getAttrs: (element) => ({ value: countingNumber(element, "value"), ...languageOf(element) }),
      },
    ],
  }),
  blockquote: block("blockquote", { content: "block+", defining: true }),
  code_block: {
    group: "block",
    // Code with blanks is a common item of IT exams.
    content: "(text | gap)*",
    marks: "hottext lang strong em underline",
    code: true,
    defining: true,
    attrs: anyLanguage,
    parseDOM: [{ tag: "pre", preserveWhitespace: "full", getAttrs: languageOf }],
    toDOM: (node) => ["pre", present(node.attrs), ["code", 0]],
  },
  figure: block("figure", { content: "figcaption? (picture | block)+ figcaption?", defining: true }),
  figcaption: block("figcaption", { group: "", content: "inline*", defining: true }),
  picture: picture({}, { context: "figure/", priority: 60 }),
  // A table's caption cannot lie among its rows, which must form a grid; markup.ts moves it out and in.
  captioned_table: {
    group: "block",
    content: "table_caption table",
    isolating: true,
    parseDOM: [{ tag: "div[data-captioned-table]" }],
    toDOM: () => ["div", { "data-captioned-table": "" }, 0],
  },
  table_caption: {
    content: "inline*",
    isolating: true,
    attrs: anyLanguage,
    parseDOM: [{ tag: "div[data-caption]", getAttrs: languageOf }],
    toDOM: (node) => ["div", { "data-caption": "", ...present(node.attrs) }, 0],
  },
  ...cells,
  table: {
    ...cells.table,
    attrs: anyLanguage,
    parseDOM: [{ tag: "table", getAttrs: languageOf }],
    toDOM: (node: Node): DOMOutputSpec => ["table", present(node.attrs), ["tbody", 0]],
  },
  text: { group: "inline" },
  hard_break: {
    group: "inline",
    inline: true,
    selectable: false,
    linebreakReplacement: true,
    parseDOM: [{ tag: "br" }],
    toDOM: () => ["br"],
  },
  image: picture({ group: "inline", inline: true }),
  audio: {
    group: "inline",
    inline: true,
    draggable: true,
    attrs: { src: {} },
    parseDOM: [
      { tag: 'audio[src^="media:"]', getAttrs: (element) => ({ src: element.getAttribute("src") }) },
    ],
    toDOM: (node) => ["audio", { src: node.attrs.src, controls: "" }],
  },
  formula: {
    group: "inline",
    inline: true,
    draggable: true,
    attrs: { latex: {}, isBlock: { default: false } },
    parseDOM: [
      {
        tag: "span[data-latex]",
        getAttrs: (element) => ({
          latex: element.getAttribute("data-latex"),
          isBlock: element.getAttribute("data-display") === "block",
        }),
      },
      {
        tag: "math",
        priority: 60,
        getAttrs: (element) => {
          const latex = latexOf(element);
          return latex === null ? false : { latex, isBlock: element.getAttribute("display") === "block" };
        },
      },
    ],
    toDOM: (node) => [
      "span",
      { "data-latex": node.attrs.latex, ...(node.attrs.isBlock ? { "data-display": "block" } : {}) },
    ],
  },
  // A formula without its LaTeX source, as imports bring it: kept as it is.
  mathml: {
    group: "inline",
    inline: true,
    draggable: true,
    attrs: { tree: {} },
    parseDOM: [{ tag: "math", getAttrs: (element) => ({ tree: mathTree(element) }) }],
    toDOM: (node) => mathElement(node.attrs.tree as MathTree, document),
  },
  gap: {
    group: "inline",
    inline: true,
    draggable: true,
    attrs: { id: {} },
    parseDOM: [{ tag: "span[data-gap]", getAttrs: identified("data-gap") }],
    toDOM: (node) => ["span", { "data-gap": node.attrs.id }],
  },
};

/** In the order of nesting: what comes first encloses what comes later. */
const marks: Record<string, MarkSpec> = {
  hottext: {
    attrs: { id: {} },
    inclusive: false,
    parseDOM: [
      {
        tag: "span[data-hottext]",
        consuming: false,
        getAttrs: identified("data-hottext"),
      },
    ],
    toDOM: (hottext) => ["span", { "data-hottext": hottext.attrs.id }, 0],
  },
  lang: {
    attrs: { lang: {} },
    parseDOM: [
      {
        tag: "span[lang]",
        getAttrs: (element) => {
          const lang = languageTag(element.getAttribute("lang"));
          return lang === null ? false : { lang };
        },
      },
    ],
    toDOM: (passage) => ["span", { lang: passage.attrs.lang }, 0],
  },
  strong: mark("strong", ["b"]),
  em: mark("em", ["i"]),
  underline: mark("u", ["ins"]),
  strike: mark("s", ["del", "strike"]),
  subscript: mark("sub", [], { excludes: "subscript superscript" }),
  superscript: mark("sup", [], { excludes: "subscript superscript" }),
  code: mark("code", ["kbd", "samp", "tt"], {
    code: true,
    parseDOM: [
      { tag: "pre > code", skip: true, priority: 60 },
      ...["code", "kbd", "samp", "tt"].map((tag) => ({ tag })),
    ],
  }),
};

/** For stems and passages. */
export const blockSchema = new Schema({
  topNode: "doc",
  nodes: { doc: { content: "block+" }, ...nodes },
  marks,
});

/** For options: one run of text, in which Enter breaks the line. */
export const inlineSchema = new Schema({
  topNode: "doc",
  nodes: { doc: { content: "inline*" }, ...nodes },
  marks,
});
