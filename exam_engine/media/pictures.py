"""Pictures made fit for keeping: decoded under limits, turned upright, stripped and encoded anew."""

import io
import warnings
from dataclasses import dataclass
from typing import Literal

from PIL import Image, ImageCms

from exam_engine.media.errors import InvalidMediaError, refusal
from exam_engine.media.limits import MediaLimits
from exam_engine.media.sniffing import Kind

LONGEST_SIDE = 2400
"""Pixels; enough to print a picture over a whole A4 page at 200 dots an inch."""
JPEG_QUALITY = 88
Change = Literal["first_frame_only", "scaled_down"]

_ORIENTATION = 0x0112
# EXIF 2.32, tag 0x0112: how the stored rows and columns lie in the upright picture.
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_MODES_OF_JPEG = frozenset({"L", "RGB"})
_MODES_OF_PNG = frozenset({"1", "L", "LA", "P", "RGB", "RGBA"})
_MAY_MOVE = frozenset({Kind.GIF, Kind.PNG, Kind.WEBP})
_ALPHA_MODES = frozenset({"LA", "PA", "RGBA", "La", "RGBa"})


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is kept; ``changes`` names what was lost that a reader could miss."""

    content: bytes
    content_type: Literal["image/png", "image/jpeg"]
    width: int
    height: int
    changes: tuple[Change, ...] = ()


def prepare_picture(content: bytes, kind: Kind, limits: MediaLimits) -> Picture:
    """Decode a picture and encode it anew: the same bytes always give the same picture, and nothing but pixels stays.

    Photographs (JPEG, lossy WebP without transparency) become JPEG, everything else PNG. Colour profiles are applied
    before they are dropped. A JPEG that this function wrote itself is kept as it is, so that pictures that leave the
    bank and come back stay the same.

    Raises
    ------
    InvalidMediaError
        Too many pixels, or it cannot be decoded to its end.
    """
    image, is_animated = _decode(content, kind, limits)
    if kind is Kind.JPEG and max(image.size) <= LONGEST_SIDE and _is_own_jpeg(content, image):
        return Picture(content, "image/jpeg", *image.size)
    # Looked at now, because each further step makes a new image that forgets it.
    is_photograph = kind is Kind.JPEG or (kind is Kind.WEBP and _is_lossy_webp(content) and not _has_alpha(image))
    changes: list[Change] = ["first_frame_only"] if is_animated else []
    image = _upright(_in_srgb(image))
    if max(image.size) > LONGEST_SIDE:
        image = _direct_colour(image)
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS, reducing_gap=None)
        changes.append("scaled_down")
    if is_photograph:
        return Picture(_as_jpeg(image), "image/jpeg", *image.size, tuple(changes))
    return Picture(_as_png(image), "image/png", *image.size, tuple(changes))


def check_picture(content: bytes, kind: Kind, limits: MediaLimits) -> tuple[int, int]:
    """Return width and height of a picture that can be decoded to its end.

    Raises
    ------
    InvalidMediaError
    """
    return _decode(content, kind, limits)[0].size


def _decode(content: bytes, kind: Kind, limits: MediaLimits) -> tuple[Image.Image, bool]:
    try:
        with warnings.catch_warnings():
            # Pillow warns of odd metadata, which are dropped anyway, and of sizes, which are compared here.
            warnings.filterwarnings("ignore", module=r"PIL\b")
            return _opened(content, kind, limits)
    except InvalidMediaError:
        raise
    except Image.DecompressionBombError as error:
        raise _too_many_pixels(limits) from error
    except Exception as error:
        # Decoders have no closed list of what they raise on damaged data.
        raise refusal("picture_damaged", kind=kind.value) from error


def _opened(content: bytes, kind: Kind, limits: MediaLimits) -> tuple[Image.Image, bool]:
    image: Image.Image = Image.open(io.BytesIO(content), formats=[kind.name])
    # The header is all that was read so far: no memory is taken for what it declares.
    if image.width * image.height > limits.picture_pixels:
        raise _too_many_pixels(limits)
    is_animated = kind in _MAY_MOVE and bool(getattr(image, "is_animated", False))
    image.seek(0)
    image.load()
    return image, is_animated


def _too_many_pixels(limits: MediaLimits) -> InvalidMediaError:
    return refusal("picture_too_many_pixels", megapixels=limits.picture_pixels // 1_000_000)


def _has_alpha(image: Image.Image) -> bool:
    return image.mode in _ALPHA_MODES or "transparency" in image.info


def _is_lossy_webp(content: bytes) -> bool:
    """Tell by the chunks (RFC 9649, section 2): lossy pictures are ``VP8 ``, lossless ones ``VP8L``."""
    at = 12
    while at + 8 <= len(content):
        name, size = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        if name in {b"VP8 ", b"VP8L"}:
            return name == b"VP8 "
        # The first frame of an animation holds its picture after 16 bytes of its own.
        at += 24 if name == b"ANMF" else 8 + size + size % 2
    return False


def _in_srgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in {"RGB", "RGBA", "CMYK", "L"}:
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        # Nearly every picture says it is in sRGB already; converting it would only round its colours.
        if "srgb" in ImageCms.getProfileDescription(source).lower():
            return image
        image = _direct_colour(image) if "transparency" in image.info else image
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image  # A profile that cannot be applied is one that browsers would ignore too.
    if converted is None:
        return image
    return _keeping(converted, image, "exif")


def _upright(image: Image.Image) -> Image.Image:
    try:
        method = _UPRIGHT.get(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # EXIF is written by cameras of all makes, and damaged often; then the rows lie as they lie.
        return image
    if method is None:
        return image
    return _keeping(image.transpose(method), image, "transparency")


def _direct_colour(image: Image.Image) -> Image.Image:
    """Return the picture in 8 bits, without a palette, its transparency as a channel, so that it can be scaled."""
    if image.mode.startswith("I"):
        # 16-bit greys: a plain conversion would cut everything above 255 off.
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if _has_alpha(image):
        return image.convert("RGBA")
    return image.convert("L" if image.mode in {"1", "L"} else "RGB")


def _keeping(image: Image.Image, source: Image.Image, name: str) -> Image.Image:
    image.info = {name: source.info[name]} if name in source.info else {}
    return image


def _as_jpeg(image: Image.Image) -> bytes:
    return _encoded(image if image.mode in _MODES_OF_JPEG else image.convert("RGB"), "JPEG")


def _as_png(image: Image.Image) -> bytes:
    return _encoded(image if image.mode in _MODES_OF_PNG else _direct_colour(image), "PNG")


def _encoded(image: Image.Image, form: Literal["JPEG", "PNG"]) -> bytes:
    # Encoders write comments, profiles and resolutions that they find here.
    image = _keeping(image.copy(), image, "transparency")
    buffer = io.BytesIO()
    if form == "JPEG":
        image.save(buffer, "JPEG", quality=JPEG_QUALITY, optimize=True)
    else:
        image.save(buffer, "PNG", exif=None, icc_profile=None)
    return buffer.getvalue()


def _is_own_jpeg(content: bytes, image: Image.Image) -> bool:
    """Whether every byte before the coded pixels is what our encoder writes, and nothing follows the end mark."""
    if image.mode not in _MODES_OF_JPEG or content.find(b"\xff\xd9") != len(content) - 2:
        return False
    own, other = _jpeg_head(_encoded(Image.new(image.mode, (8, 8)), "JPEG")), _jpeg_head(content)
    return own is not None and own == other


def _jpeg_head(content: bytes) -> bytes | None:
    """Return the segments before the Huffman tables with the size of the picture blanked; None for another layout."""
    at, head = 2, b""
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker, size = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if marker == 0xDA:
            return head
        segment = content[at : at + 2 + size]
        if marker == 0xC0:
            segment = segment[:5] + b"\0\0\0\0" + segment[9:]
        if marker != 0xC4:
            head += segment
        at += 2 + size
    return None
