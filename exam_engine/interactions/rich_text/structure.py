"""Canonical structure of the HTML elements: what may lie in what, so that every parser builds the same tree."""

from collections.abc import Iterable, Sequence

from exam_engine.interactions.rich_text.characters import clean
from exam_engine.interactions.rich_text.markup import Element, Node
from exam_engine.interactions.rich_text.mathematics import formula
from exam_engine.interactions.rich_text.permitted import permitted
from exam_engine.interactions.rich_text.subset import (
    BLOCKS,
    CELLS,
    FORMATTING,
    HEADINGS,
    HTML_ELEMENTS,
    LISTS,
    RENAMED,
    TABLE_PARTS,
    TABLE_SECTIONS,
)


def canonical(nodes: Sequence[Node], removed: set[str]) -> list[Node]:
    """Return the nodes of a rich text in canonical structure; names of what is left out are added to ``removed``."""
    return _paragraphs(_nodes(nodes, removed))


def _nodes(nodes: Sequence[Node], removed: set[str]) -> list[Node]:
    """Return the canonical forms of nodes; adjacent texts become one."""
    made: list[Node] = []
    for node in nodes:
        if isinstance(node, Element):
            made.extend(_element(node, removed))
        else:
            made.append(node)
    return _joined(made)


def _joined(nodes: Iterable[Node]) -> list[Node]:
    joined: list[Node] = []
    for node in nodes:
        if isinstance(node, str) and joined and isinstance(joined[-1], str):
            joined[-1] += node
        else:
            joined.append(node)
    cleaned = [clean(node) if isinstance(node, str) else node for node in joined]
    return [node for node in cleaned if node != ""]


def _element(element: Element, removed: set[str]) -> list[Node]:
    name = RENAMED.get(element.name, element.name)
    if name == "math":
        return [formula(element, removed)]
    if name == "br":
        return [Element("br")]
    attributes = permitted(name, element.attributes, removed)
    if name == "img":
        return _medium(name, attributes, removed)
    children = _nodes(element.children, removed)
    if name == "audio":
        # A sound has no content; unclosed, or closed as in XML, it has swallowed what follows it.
        return [*_medium(name, attributes, removed), *children]
    if name in HEADINGS:
        return _in_paragraphs(_around("strong", {}, children), permitted("p", element.attributes, removed))
    if name not in HTML_ELEMENTS:
        return children
    if name in FORMATTING:
        return _around(name, {}, children)
    if name == "span":
        return _span(attributes, children)
    return _block(name, attributes, children)


def _medium(name: str, attributes: dict[str, str], removed: set[str]) -> list[Node]:
    if "src" not in attributes:
        removed.add(name)
        return []
    if name == "audio":
        return [Element("audio", {"src": attributes["src"], "controls": ""})]
    return [Element("img", attributes)]


def _span(attributes: dict[str, str], children: list[Node]) -> list[Node]:
    if "data-gap" in attributes or "data-hottext" in attributes:
        # The parts of a span cut at paragraphs would all have the same identifier.
        return [Element("span", attributes, _inline(children))]
    return _around("span", attributes, children) if attributes else children


def _block(name: str, attributes: dict[str, str], children: list[Node]) -> list[Node]:
    if name == "p":
        return _in_paragraphs(children, attributes)
    if name in LISTS:
        return _list(name, attributes, children)
    if name == "table":
        return _table(attributes, children)
    if name == "pre":
        return _preformatted(attributes, children)
    if name in {"caption", "figcaption"}:
        return [Element(name, attributes, _inline(children))]
    if name == "tr":
        return [Element(name, attributes, [child for child in children if _named(child, CELLS)])]
    if name in TABLE_SECTIONS:
        return [Element(name, attributes, [child for child in children if _named(child, {"tr"})])]
    if name == "blockquote":
        content = _paragraphs(children)
    elif name == "figure":
        content = _loose(children, keeps={"figcaption"})
    else:
        content = _loose(children)
    if name in {"blockquote", "figure"} and not _has_content(content):
        return []
    return [Element(name, attributes, content)]


def _in_paragraphs(nodes: list[Node], attributes: dict[str, str]) -> list[Node]:
    """Return the inline runs of nodes as paragraphs; blocks stand between them."""
    made: list[Node] = []
    for block, run in _runs(_adopted(nodes)):
        if block is not None:
            if "lang" in attributes:
                block.attributes = {"lang": attributes["lang"], **block.attributes}
            made.append(block)
        elif _has_content(run):
            made.append(Element("p", dict(attributes), run))
    return made


def _paragraphs(nodes: list[Node]) -> list[Node]:
    """Return inline content as it is; next to blocks it becomes paragraphs of its own."""
    nodes = _adopted(nodes)
    return _in_paragraphs(nodes, {}) if any(_named(node, BLOCKS) for node in nodes) else nodes


def _loose(nodes: list[Node], keeps: Iterable[str] = ()) -> list[Node]:
    """Return text and blocks side by side, as in an item of a list; white space between blocks goes."""
    nodes = _adopted(nodes, keeps)
    if not any(_named(node, BLOCKS) for node in nodes):
        return nodes
    return [node for node in nodes if not isinstance(node, str) or node.strip()]


def _adopted(nodes: list[Node], keeps: Iterable[str] = ()) -> list[Node]:
    """Return nodes with a list around list items that have none, and without lone parts of tables and figures."""
    made: list[Node] = []
    orphans: list[Node] = []
    for node in nodes:
        if _named(node, {"li"}):
            orphans.append(node)
            continue
        if orphans and isinstance(node, str) and not node.strip():
            continue
        if orphans:
            made.append(Element("ul", {}, orphans))
            orphans = []
        if isinstance(node, Element) and node.name in TABLE_PARTS | {"figcaption"} and node.name not in keeps:
            made.extend(_in_paragraphs(node.children, {}))
        else:
            made.append(node)
    if orphans:
        made.append(Element("ul", {}, orphans))
    return made


def _list(name: str, attributes: dict[str, str], children: list[Node]) -> list[Node]:
    items: list[Node] = []
    for block, run in _runs(children):
        last = items[-1] if items else None
        if block is not None and block.name == "li":
            items.append(block)
        elif block is not None and block.name in LISTS and isinstance(last, Element):
            # A list directly inside a list is what old word processors write for a deeper level.
            last.children.append(block)
        elif block is not None:
            items.append(Element("li", {}, _loose([block])))
        elif _has_content(run):
            items.append(Element("li", {}, run))
    return [Element(name, attributes, items)] if items else []


def _table(attributes: dict[str, str], children: list[Node]) -> list[Node]:
    captions = [child for child in children if isinstance(child, Element) and child.name == "caption"]
    head: list[Node] = []
    bodies: list[Node] = []
    for child in children:
        if not isinstance(child, Element) or child.name not in TABLE_SECTIONS:
            continue
        child.children = [row for row in child.children if isinstance(row, Element) and row.children]
        if not child.children:
            continue
        if child.name == "thead" and not head and not bodies:
            head.append(child)
        else:
            bodies.append(Element("tbody", child.attributes, child.children))
    if not head and not bodies:
        return [node for caption in captions for node in _in_paragraphs(caption.children, {})]
    captions = [caption for caption in captions if _has_content(caption.children)]
    for further in captions[1:]:
        captions[0].children += [Element("br"), *further.children]
    return [Element("table", attributes, [*captions[:1], *head, *bodies])]


def _preformatted(attributes: dict[str, str], children: list[Node]) -> list[Node]:
    content = _joined("\n" if _named(node, {"br"}) else node for node in _inline(children))
    if content and isinstance(content[0], str):
        # A parser drops the first line break after the tag; written twice it would not come back the same.
        content[0] = content[0].lstrip("\n")
        content = _joined(content)
    return [Element("pre", attributes, content)] if _has_content(content) else []


def _around(name: str, attributes: dict[str, str], nodes: list[Node]) -> list[Node]:
    """Return nodes with the inline element around each inline run, blocks keeping their place outside of it."""
    made: list[Node] = []
    for block, run in _runs(nodes):
        if block is not None:
            block.children = _around(name, attributes, block.children)
            made.append(block)
        elif _has_content(run):
            made.append(Element(name, dict(attributes), run))
        else:
            made.extend(run)
    return made


def _inline(nodes: list[Node]) -> list[Node]:
    """Return nodes without their blocks; what stood in paragraphs of its own is parted by line breaks."""
    made: list[Node] = []
    has_blocks = any(_named(node, BLOCKS) for node in nodes)
    for block, run in _runs(nodes):
        if block is None:
            content = run if _has_content(run) or not has_blocks else []
        elif block.name in LISTS | TABLE_SECTIONS | {"table", "tr"}:
            content = _inline([child for child in block.children if isinstance(child, Element)])
        else:
            content = _inline(block.children)
        if made and content:
            made.append(Element("br"))
        made.extend(content)
    return _joined(made)


def _runs(nodes: list[Node]) -> Iterable[tuple[Element | None, list[Node]]]:
    """Yield each block by itself, and the inline nodes between blocks together."""
    run: list[Node] = []
    for node in nodes:
        if isinstance(node, Element) and node.name in BLOCKS:
            if run:
                yield None, run
                run = []
            yield node, []
        else:
            run.append(node)
    if run:
        yield None, run


def _has_content(nodes: Sequence[Node]) -> bool:
    """Tell whether a reader finds anything: text, or an element other than a line break."""
    return any(bool(node.strip()) if isinstance(node, str) else node.name != "br" for node in nodes)


def _named(node: Node, names: Iterable[str]) -> bool:
    return isinstance(node, Element) and node.name in names
