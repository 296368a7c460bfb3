"""The two versions that are written: one tree with the names of 3.0, and what it is in each of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from exam_engine.interactions.rich_text.markup import Element, Node

Version = Literal["3.0", "2.1"]
MATHML = "http://www.w3.org/1998/Math/MathML"
_HYPHEN = re.compile("-([a-z])")
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a version calls its namespace, its schema, its kinds of resources and its templates."""

    version: Version
    namespace: str
    schema: str
    manifest_namespace: str
    manifest_schema: str
    package_schema: str
    package_version: str
    item_type: str
    templates: str

    @property
    def is_3(self) -> bool:
        """Whether this is version 3.0."""
        return self.version == "3.0"


QTI_3 = Dialect(
    version="3.0",
    namespace="http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
    schema="https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqti_asiv3p0_v1p0.xsd",
    manifest_namespace="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1",
    manifest_schema="https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqtiv3p0_imscpv1p2_v1p0.xsd",
    package_schema="QTI Item Bank",
    package_version="3.0.0",
    item_type="imsqti_item_xmlv3p0",
    templates="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/{name}.xml",
)
QTI_21 = Dialect(
    version="2.1",
    namespace="http://www.imsglobal.org/xsd/imsqti_v2p1",
    schema="http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1p1.xsd",
    manifest_namespace="http://www.imsglobal.org/xsd/imscp_v1p1",
    manifest_schema="http://www.imsglobal.org/xsd/qti/qtiv2p1/qtiv2p1_imscpv1p2_v1p0.xsd",
    package_schema="QTIv2.1 Package",
    package_version="1.0.0",
    item_type="imsqti_item_xmlv2p1",
    templates="http://www.imsglobal.org/question/qti_v2p1/rptemplates/{name}",
)


def document(root: Element, dialect: Dialect) -> bytes:
    """Return a tree with the names of 3.0 as an XML file of a version."""
    head = {
        "xmlns": dialect.namespace,
        "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
        "xsi:schemaLocation": f"{dialect.namespace} {dialect.schema}",
    }
    pieces = ['<?xml version="1.0" encoding="UTF-8"?>\n']
    _write([Element(root.name, {**head, **root.attributes}, root.children)], dialect, pieces)
    return "".join([*pieces, "\n"]).encode()


def _write(nodes: Sequence[Node], dialect: Dialect, pieces: list[str]) -> None:
    for node in nodes:
        if isinstance(node, str):
            pieces.append(escape(_UNSTORABLE.sub("", node)))
            continue
        is_own = node.name.startswith("qti-")
        name = _camel(node.name.removeprefix("qti-")) if is_own and not dialect.is_3 else node.name
        attributes = dict(node.attributes)
        if node.name == "math":
            attributes = {"xmlns": MATHML, **attributes}
        pieces.append(f"<{name}")
        for key, value in attributes.items():
            written = _camel(key) if is_own and not dialect.is_3 else key
            pieces.append(f" {written}={quoteattr(_UNSTORABLE.sub('', value))}")
        if not node.children:
            pieces.append("/>")
            continue
        pieces.append(">")
        _write(node.children, dialect, pieces)
        pieces.append(f"</{name}>")


def _camel(name: str) -> str:
    """Return a name as version 2.1 writes it.

    >>> _camel("response-identifier")
    'responseIdentifier'
    """
    return _HYPHEN.sub(lambda found: found[1].upper(), name)


def qti(name: str, attributes: dict[str, str] | None = None, *nodes: Node) -> Element:
    """Return an element of QTI's own vocabulary under its name in 3.0."""
    return Element(f"qti-{name}", attributes or {}, list(nodes))


def identifier(name: str) -> str:
    """Return a name as an XML identifier, which begins with a letter or an underscore.

    >>> identifier("1a")
    '_1a'
    """
    return name if name[:1].isalpha() else f"_{name}"


def truth(value: bool) -> str:
    """Return a truth value as XML has it."""
    return "true" if value else "false"
