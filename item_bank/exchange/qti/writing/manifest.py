"""The manifest of a package: its files, what they need, and what people may want to know of the items."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from item_bank.exchange.qti.writing.dialect import Dialect
from item_bank.items.content import ItemDraft

_LOM = "http://ltsc.ieee.org/xsd/LOM"


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """One file of a package with the names of the media that it needs and the path of its stimulus."""

    name: str
    type: str
    path: str
    media: tuple[str, ...] = ()
    stimulus_path: str = ""
    draft: ItemDraft | None = None


def manifest(entries: Sequence[ManifestEntry], dialect: Dialect) -> bytes:
    """Return the manifest of the files."""
    names = {entry.path: entry.name for entry in entries}
    resources = "\n".join(_resource(entry, names) for entry in entries)
    location = f"{dialect.manifest_namespace} {dialect.manifest_schema}"
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest xmlns="{dialect.manifest_namespace}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xmlns:lom="{_LOM}" identifier="item-bank-package" xsi:schemaLocation="{location}">
  <metadata>
    <schema>{dialect.package_schema}</schema>
    <schemaversion>{dialect.package_version}</schemaversion>
  </metadata>
  <organizations/>
  <resources>
{resources}
  </resources>
</manifest>
"""
    return text.encode()


def _resource(entry: ManifestEntry, names: dict[str, str]) -> str:
    needed = [*entry.media, *([names[entry.stimulus_path]] if entry.stimulus_path in names else [])]
    lines = [
        f'    <resource identifier="{entry.name}" type="{entry.type}" href={quoteattr(entry.path)}>',
        *([_metadata(entry.draft)] if entry.draft is not None else []),
        f"      <file href={quoteattr(entry.path)}/>",
        *(f'      <dependency identifierref="{name}"/>' for name in needed),
        "    </resource>",
    ]
    return "\n".join(lines)


def _metadata(draft: ItemDraft) -> str:
    """Return code, language, tags and expected time as learning object metadata."""
    language = quoteattr(draft.content.language)
    keywords = "".join(
        f"<lom:keyword><lom:string language={language}>{escape(tag)}</lom:string></lom:keyword>"
        for tag in draft.metadata.tags
    )
    identifier = (
        f"<lom:identifier><lom:catalog>item-bank</lom:catalog><lom:entry>{escape(draft.code)}</lom:entry>"
        "</lom:identifier>"
    )
    spoken = f"<lom:language>{escape(draft.content.language)}</lom:language>"
    general = f"<lom:general>{identifier}{spoken}{keywords}</lom:general>"
    seconds = draft.metadata.expected_seconds
    educational = ""
    if seconds is not None:
        duration = f"<lom:typicalLearningTime><lom:duration>PT{seconds}S</lom:duration></lom:typicalLearningTime>"
        educational = f"<lom:educational>{duration}</lom:educational>"
    return f"      <metadata><lom:lom>{general}{educational}</lom:lom></metadata>"
