/** The editor inside a rich-text field; loaded when the first field is shown. */
import { dropCursor } from "prosemirror-dropcursor";
import { gapCursor } from "prosemirror-gapcursor";
import { history } from "prosemirror-history";
import type { Attrs, Node, Slice } from "prosemirror-model";
import { type Command, EditorState, NodeSelection, TextSelection } from "prosemirror-state";
import { tableEditing } from "prosemirror-tables";
import { EditorView } from "prosemirror-view";
import type { Features } from "../features";
import { type ToolName, toolGroups } from "../tools";
import {
  activeTools,
  ancestor,
  direct,
  insertGap,
  insertInline,
  markAttributes,
  setLanguage,
} from "./commands";
import { identifiers } from "./identifiers";
import { canRun, keys } from "./keys";
import { parse, schemaFor, serialise } from "./markup";
import { type Names, numbered } from "./names";
import { type ConvertFormula, formulaView, pictureView, soundView } from "./nodeViews";
import { cleanPasted } from "./pasted";
import {
  type AskForPictures,
  insertWhenStored,
  type PictureAttributes,
  pictureFiles,
  unstoredPictures,
} from "./pictures";
import { fitted } from "./slices";
import { insertTable, type TableAct, type TableSize, tableActs } from "./tables";

/** What the toolbar shows. */
export interface ToolState {
  active: ReadonlySet<ToolName>;
  enabled: ReadonlySet<ToolName>;
  /** The language of the passage at the cursor where it is not the field's own. */
  language: string | null;
  isInTable: boolean;
  enabledTableActs: ReadonlySet<TableAct>;
}

export interface FormulaAttributes {
  latex: string;
  /** On a line of its own. */
  isBlock: boolean;
}

/** A formula, picture or sound that is selected. */
export interface SelectedObject {
  tool: "formula" | "image" | "audio";
  attributes: Attrs;
}

export interface EditorOptions {
  place: HTMLElement;
  value: string;
  features: Features;
  /** The words of the field's accessible element; read anew at each `refresh`. */
  attributes: () => Record<string, string>;
  isEditable: () => boolean;
  placeholder: () => string;
  names: Names;
  convertFormula: ConvertFormula;
  onchange: (html: string) => void;
  onstate: (state: ToolState) => void;
  onfocus: () => void;
  /** Opens the dialog or menu of a tool that needs one. */
  onopen: (tool: ToolName) => void;
  ontoolbar: () => void;
  ongap: (id: string, words: string) => void;
  onpictures: AskForPictures;
  onlost: (lost: { pictures: number; hasFormulas: boolean }) => void;
}

export interface Editor {
  /** Takes a value from outside; the text that is there already is left alone. */
  setValue: (html: string) => void;
  refresh: () => void;
  run: (tool: ToolName) => void;
  runTableAct: (act: TableAct) => void;
  setLanguage: (lang: string | null) => void;
  insertTable: (size: TableSize) => void;
  insertFormula: (formula: FormulaAttributes) => void;
  insertPictures: (pictures: readonly PictureAttributes[]) => void;
  insertSound: (src: string) => void;
  /** Changes the alternative text of the selected picture. */
  describePicture: (alt: string) => void;
  selected: () => SelectedObject | null;
  focus: () => void;
  destroy: () => void;
}

const isEmpty = (doc: Node): boolean =>
  doc.content.size === 0 ||
  (doc.childCount === 1 && doc.firstChild?.type.name === "paragraph" && doc.firstChild.content.size === 0);

/** Makes the editor in its place. */
export function createEditor(options: EditorOptions): Editor {
  const { features } = options;
  let emitted = options.value;
  const offered = new Set(toolGroups(features).flat());
  let lost = { pictures: 0, hasFormulas: false };

  const run = (tool: ToolName): void => {
    if (tool === "gap") view.focus();
    if (tool === "gap") perform(insertGap(options.ongap));
    else if (tool in direct) perform(direct[tool as keyof typeof direct]);
    else options.onopen(tool);
  };
  const openSelected = (): boolean => {
    const object = selected();
    if (object) options.onopen(object.tool);
    return object !== null;
  };

  const stateOf = (html: string): EditorState => {
    const schema = schemaFor(html, features.hasBlocks);
    const hasBlocks = !schema.topNodeType.inlineContent;
    return EditorState.create({
      doc: parse(html, schema),
      plugins: [
        ...keys({
          isOffered: (tool) => offered.has(tool),
          run,
          open: openSelected,
          toToolbar: options.ontoolbar,
          hasBlocks,
        }),
        identifiers(),
        history(),
        numbered(options.names),
        dropCursor({ color: false, class: "drop-cursor", width: 2 }),
        gapCursor(),
        ...(hasBlocks ? [tableEditing()] : []),
      ],
    });
  };

  const view: EditorView = new EditorView(
    { mount: options.place },
    {
      state: stateOf(options.value),
      attributes: (state) => ({
        ...options.attributes(),
        class: isEmpty(state.doc) ? "content empty" : "content",
        "data-placeholder": options.placeholder(),
      }),
      editable: options.isEditable,
      nodeViews: {
        formula: formulaView(options.convertFormula),
        image: pictureView,
        picture: pictureView,
        audio: soundView,
      },
      handleDOMEvents: {
        focus: () => {
          options.onfocus();
          report();
          return false;
        },
      },
      handleDoubleClickOn: (_view, _pos, _node, _nodePos, _event, isDirect) => isDirect && openSelected(),
      transformPastedText: (text) => text.normalize("NFC"),
      transformPastedHTML: (html) => {
        const cleaned = cleanPasted(html);
        lost = { pictures: cleaned.lostPictures, hasFormulas: cleaned.hasLostFormulas };
        return cleaned.html;
      },
      transformPasted: (slice) => fitted(slice, view.state.schema, features),
      handlePaste: (_view, event, slice) => take(slice, event.clipboardData),
      handleDrop: (_view, event, slice, isMoved) => {
        if (isMoved) return false;
        const found = view.posAtCoords({ left: event.clientX, top: event.clientY });
        const files = pictureFiles(event.dataTransfer);
        if (!found || (files.length === 0 && unstoredPictures(slice).length === 0)) return tellLost();
        view.dispatch(view.state.tr.setSelection(TextSelection.near(view.state.doc.resolve(found.pos))));
        return take(slice, event.dataTransfer);
      },
      dispatchTransaction: (change) => {
        const { state } = view.state.applyTransaction(change);
        const isChanged = !state.doc.eq(view.state.doc);
        view.updateState(state);
        if (isChanged) {
          const html = serialise(state.doc);
          if (html !== emitted) {
            emitted = html;
            options.onchange(html);
          }
        }
        report();
      },
    },
  );

  /** Takes over the pictures of what is pasted or dropped; false leaves the rest to the editor. */
  function take(slice: Slice, data: DataTransfer | null): boolean {
    const files = slice.size === 0 ? pictureFiles(data) : [];
    if (files.length > 0) lost = { ...lost, pictures: features.hasMedia ? 0 : files.length };
    tellLost();
    if (!features.hasMedia) return files.length > 0;
    if (files.length > 0) {
      options.onpictures(
        files.map((file) => ({ file, alt: "" })),
        (stored) => insertPictures(stored.filter((picture) => picture !== null)),
        false,
      );
      return true;
    }
    if (unstoredPictures(slice).length === 0) return false;
    insertWhenStored(view, slice, options.onpictures);
    return true;
  }

  function tellLost(): false {
    if (lost.pictures > 0 || lost.hasFormulas) options.onlost(lost);
    lost = { pictures: 0, hasFormulas: false };
    return false;
  }

  function perform(command: Command): void {
    if (!view.editable) return;
    command(view.state, view.dispatch, view);
    view.focus();
  }

  function insertPictures(pictures: readonly PictureAttributes[]): void {
    perform(
      insertInline(
        "image",
        pictures.map((picture) => ({ ...picture })),
      ),
    );
  }

  function report(): void {
    if (!view.hasFocus()) return;
    const { state } = view;
    const acts = Object.entries(tableActs).filter(([, act]) => act(state));
    options.onstate({
      active: activeTools(state),
      enabled: new Set([...offered].filter((tool) => canRun(tool, state))),
      language: markAttributes(state, "lang")?.lang ?? null,
      isInTable: ancestor(state, "table") !== null,
      enabledTableActs: new Set(acts.map(([name]) => name as TableAct)),
    });
  }

  function selected(): SelectedObject | null {
    const { selection } = view.state;
    if (!(selection instanceof NodeSelection)) return null;
    const { type, attrs: attributes } = selection.node;
    if (type.name === "picture") return { tool: "image", attributes };
    return type.name === "formula" || type.name === "image" || type.name === "audio"
      ? { tool: type.name, attributes }
      : null;
  }

  return {
    setValue(html) {
      if (html === emitted) return;
      const { schema } = view.state;
      if (schemaFor(html, features.hasBlocks) !== schema) {
        emitted = html;
        view.updateState(stateOf(html));
        return;
      }
      // What comes back from the server may only be written differently; whoever is typing keeps the cursor.
      const isSame = parse(html, schema).eq(parse(emitted, schema));
      emitted = html;
      if (isSame) return;
      const doc = parse(html, schema);
      const change = view.state.tr.replaceWith(0, view.state.doc.content.size, doc.content);
      view.updateState(view.state.apply(change.setMeta("addToHistory", false)));
    },
    refresh: () => view.setProps({}),
    run,
    runTableAct: (act) => perform(tableActs[act]),
    setLanguage: (lang) => perform(setLanguage(lang)),
    insertTable: (size) => perform(insertTable(size)),
    insertFormula: (formula) => perform(insertInline("formula", [{ ...formula }])),
    insertPictures,
    insertSound: (src) => perform(insertInline("audio", [{ src }])),
    describePicture: (alt) =>
      perform((state, dispatch) => {
        if (!(state.selection instanceof NodeSelection)) return false;
        dispatch?.(state.tr.setNodeAttribute(state.selection.from, "alt", alt));
        return true;
      }),
    selected,
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}
