"""What a rich text points at: media, gaps and hot texts."""

from exam_engine.interactions.rich_text.markup import tags
from exam_engine.interactions.rich_text.subset import IDENTIFIER, MEDIA


def media_of(html: str) -> tuple[str, ...]:
    """Return the content hashes (SHA-256, 64 hexadecimal digits) of images and sounds, each once, in order."""
    if "media:" not in html:
        return ()
    sources = (attributes.get("src", "") for name, attributes in tags(html) if name in {"img", "audio"})
    return tuple(dict.fromkeys(source.removeprefix("media:") for source in sources if MEDIA.fullmatch(source)))


def gaps_of(html: str) -> tuple[str, ...]:
    """Return the identifiers of gaps in order, repeated ones as often as they stand there."""
    return _identifiers(html, "data-gap")


def hottexts_of(html: str) -> tuple[str, ...]:
    """Return the identifiers of hot texts in order, repeated ones as often as they stand there."""
    return _identifiers(html, "data-hottext")


def _identifiers(html: str, attribute: str) -> tuple[str, ...]:
    if attribute not in html:
        return ()
    found = (attributes.get(attribute, "") for name, attributes in tags(html) if name == "span")
    return tuple(identifier for identifier in found if IDENTIFIER.fullmatch(identifier))
