"""Items and packages as other programs write them, in each version."""

from collections.abc import Mapping

from item_bank.exchange.imported import ImportedItem
from item_bank.exchange.qti.reading import read

NS_21 = "http://www.imsglobal.org/xsd/imsqti_v2p1"
NS_22 = "http://www.imsglobal.org/xsd/imsqti_v2p2"
NS_3 = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
MATCH = "http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"
MAP = "http://www.imsglobal.org/question/qti_v2p1/rptemplates/map_response"


def item_2(body: str, declarations: str = "", processing: str = "", namespace: str = NS_21, more: str = "") -> bytes:
    """An item of version 2.x."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<assessmentItem xmlns="{namespace}" identifier="cau-1" title="Câu 1" adaptive="false" timeDependent="false">
  {declarations}
  <outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>
  <itemBody>{body}</itemBody>
  {processing}{more}
</assessmentItem>""".encode()


def item_3(body: str, declarations: str = "", processing: str = "", more: str = "") -> bytes:
    """An item of version 3.0."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<qti-assessment-item xmlns="{NS_3}" identifier="cau-1" title="Câu 1" adaptive="false" time-dependent="false"
    xml:lang="en">
  {declarations}
  <qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/>
  {more}
  <qti-item-body>{body}</qti-item-body>
  {processing}
</qti-assessment-item>""".encode()


def declared(cardinality: str, base_type: str, values: str, mapping: str = "", name: str = "RESPONSE") -> str:
    """A response variable of version 2.x; right values are parted by semicolons."""
    correct = "".join(f"<value>{value}</value>" for value in values.split(";") if value)
    right = f"<correctResponse>{correct}</correctResponse>" if correct else ""
    return (
        f'<responseDeclaration identifier="{name}" cardinality="{cardinality}" baseType="{base_type}">'
        f"{right}{mapping}</responseDeclaration>"
    )


def mapping(entries: Mapping[str, str], **attributes: str) -> str:
    """A mapping of version 2.x."""
    said = "".join(f' {name}="{value}"' for name, value in attributes.items())
    listed = "".join(f'<mapEntry mapKey="{key}" mappedValue="{value}"/>' for key, value in entries.items())
    return f"<mapping{said}>{listed}</mapping>"


def template(address: str) -> str:
    """Response processing by a standard template."""
    return f'<responseProcessing template="{address}"/>'


def choice(*options: str, most: int = 1, prompt: str = "Chọn gì?") -> str:
    """A choice interaction of version 2.x; options are identifiers and texts parted by colons."""
    listed = "".join(
        f'<simpleChoice identifier="{name}">{text}</simpleChoice>' for name, text in (one.split(":") for one in options)
    )
    return (
        f'<choiceInteraction responseIdentifier="RESPONSE" shuffle="true" maxChoices="{most}">'
        f"<prompt>{prompt}</prompt>{listed}</choiceInteraction>"
    )


def manifest(resources: Mapping[str, str]) -> str:
    """A manifest of files with their types."""
    listed = "".join(
        f'<resource identifier="R{number}" type="{type_}" href="{path}"><file href="{path}"/></resource>'
        for number, (path, type_) in enumerate(resources.items())
    )
    return (
        '<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" identifier="M">'
        f"<organizations/><resources>{listed}</resources></manifest>"
    )


def one(xml: bytes) -> ImportedItem:
    """The item of a file that has no other."""
    [item] = read(xml, "cau-1.xml").items
    return item


def codes(item: ImportedItem) -> list[tuple[str, str]]:
    """What was noticed of an item, with its weight."""
    return [(notice.severity, notice.code) for notice in item.notices]
