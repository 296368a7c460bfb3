"""Pictures are decoded under limits, turned upright, stripped and encoded anew."""

import io
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from exam_engine.media.limits import MediaLimits
from tests.exam_engine.media.makers import (
    photograph,
    pixels_of,
    png_chunk,
    png_declaring,
    refused,
    saved,
    taken,
)

SECRET = b"10.762622N 106.660172E"


def test_a_png_keeps_every_pixel() -> None:
    source = np.random.default_rng(3).integers(0, 256, (40, 60, 4), dtype=np.uint8)
    kept = taken(saved(Image.fromarray(source), "PNG"), "picture")
    assert (kept.content_type, kept.width, kept.height, kept.changes) == ("image/png", 60, 40, ())
    assert np.array_equal(pixels_of(kept.content), source)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
@pytest.mark.parametrize("form", ["PNG", "GIF", "WEBP", "BMP"])
def test_every_lossless_picture_looks_the_same_afterwards(mode: str, form: str) -> None:
    image = photograph(48, 32).convert("RGBA" if mode in {"LA", "RGBA"} else "RGB")
    if image.mode == "RGBA":
        image.putalpha(Image.linear_gradient("L").resize(image.size))
    image = image.convert(mode)
    if form == "BMP" and "A" in mode:
        image = image.convert("RGB")
    content = saved(image, form, **({"lossless": True} if form == "WEBP" else {}))
    kept = taken(content, "picture")
    assert kept.content_type == "image/png"
    assert np.array_equal(pixels_of(kept.content), pixels_of(content))


def test_transparency_of_a_palette_stays() -> None:
    image = Image.new("P", (4, 1))
    image.putpalette([255, 0, 0, 0, 255, 0])
    image.putdata([0, 1, 0, 1])
    kept = taken(saved(image, "PNG", transparency=1), "picture")
    assert pixels_of(kept.content)[0, :, 3].tolist() == [255, 0, 255, 0]


def test_a_photograph_stays_a_jpeg_of_nearly_the_same_colours() -> None:
    source = photograph(320, 200)
    kept = taken(saved(source, "JPEG", quality=95), "picture")
    assert (kept.content_type, kept.width, kept.height) == ("image/jpeg", 320, 200)
    difference = np.abs(pixels_of(kept.content)[..., :3].astype(int) - np.asarray(source).astype(int))
    assert difference.mean() < 2


def test_a_lossy_webp_becomes_a_jpeg_unless_it_is_transparent() -> None:
    opaque, clear = photograph(64, 48), photograph(64, 48).convert("RGBA")
    clear.putalpha(100)
    assert taken(saved(opaque, "WEBP", quality=80), "picture").content_type == "image/jpeg"
    assert taken(saved(clear, "WEBP", quality=80), "picture").content_type == "image/png"


@pytest.mark.parametrize(
    ("form", "options"),
    [
        ("JPEG", {"comment": SECRET, "dpi": (300, 300)}),
        ("PNG", {}),
        ("WEBP", {"xmp": SECRET}),
        ("GIF", {"comment": SECRET}),
    ],
)
def test_nothing_that_tells_of_place_camera_or_author_is_kept(form: str, options: dict[str, object]) -> None:
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (10.0, 45.0, 45.4), 3: "E", 4: (106.0, 39.0, 36.6)}
    exif[0x010F] = SECRET.decode()
    if form == "PNG":
        notes = PngInfo()
        notes.add_text("Author", SECRET.decode())
        notes.add_itxt("XML:com.adobe.xmp", SECRET.decode())
        options = {"pnginfo": notes}
    if form != "GIF":
        options = {**options, "exif": exif}
    content = saved(photograph(64, 48), form, **options)
    assert SECRET in content
    kept = taken(content, "picture").content
    assert SECRET not in kept
    again = Image.open(io.BytesIO(kept))
    assert not dict(again.getexif())
    assert again.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "transparency"}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_taken_with_a_turned_camera_stands_upright(orientation: int, form: str) -> None:
    # How the upright picture must be stored so that the tag turns it back (EXIF 2.32, tag 0x0112).
    upright = np.asarray(photograph(40, 24))
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: upright.transpose(1, 0, 2)[::-1],
        7: upright.transpose(1, 0, 2)[::-1, ::-1],
        8: upright.transpose(1, 0, 2)[:, ::-1],
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    kept = taken(saved(Image.fromarray(np.ascontiguousarray(stored)), form, exif=exif, quality=100), "picture")
    assert (kept.width, kept.height) == (40, 24)
    assert np.abs(pixels_of(kept.content)[..., :3].astype(int) - upright.astype(int)).mean() < 6


def test_damaged_camera_data_do_not_stop_a_sound_picture() -> None:
    kept = taken(saved(photograph(30, 20), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff"), "picture")
    assert (kept.width, kept.height) == (30, 20)


@pytest.mark.parametrize(("width", "height", "kept_size"), [(2400, 10, (2400, 10)), (2401, 800, (2400, 800))])
def test_pictures_are_scaled_down_past_the_longest_side_only(
    width: int, height: int, kept_size: tuple[int, int]
) -> None:
    kept = taken(saved(photograph(width, height), "PNG"), "picture")
    assert (kept.width, kept.height) == kept_size
    assert kept.changes == (("scaled_down",) if width > 2400 else ())
    assert Image.open(io.BytesIO(kept.content)).size == kept_size


@pytest.mark.parametrize("mode", ["1", "P", "L", "I;16", "RGBA"])
def test_pictures_of_every_mode_can_be_scaled_down(mode: str) -> None:
    if mode == "I;16":
        image = Image.fromarray(np.tile(np.linspace(0, 65535, 4800).astype(np.uint16), (10, 1)))
    else:
        image = photograph(4800, 10).convert(mode)
    kept = taken(saved(image, "PNG"), "picture")
    assert (kept.width, kept.height) == (2400, 5)
    if mode != "1":
        red = pixels_of(kept.content)[2, :, 0].astype(int)
        assert red[-1] - red[0] > 70


def test_sixteen_bit_greys_keep_their_brightness() -> None:
    greys = np.array([[0, 256 * 64, 256 * 128, 65535]], dtype=np.uint16)
    kept = taken(saved(Image.fromarray(greys), "PNG"), "picture")
    assert np.abs(pixels_of(kept.content)[0, :, 0].astype(int) - [0, 64, 128, 255]).max() <= 1


def test_a_four_colour_photograph_becomes_one_that_browsers_show() -> None:
    kept = taken(saved(photograph(30, 20).convert("CMYK"), "JPEG", quality=95), "picture")
    assert Image.open(io.BytesIO(kept.content)).mode == "RGB"
    assert np.abs(pixels_of(kept.content)[..., :3].astype(int) - np.asarray(photograph(30, 20))).mean() < 4


def test_colours_of_another_profile_are_converted_and_those_of_srgb_left_alone() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # A space of its own name in which the first channel is green and the second red.
    swapped = srgb.replace(b"rXYZ", b"tXYZ").replace(b"gXYZ", b"rXYZ").replace(b"tXYZ", b"gXYZ")
    swapped = swapped.replace("sRGB".encode("utf-16-be"), "swap".encode("utf-16-be"))
    source = photograph(30, 20)
    plain = pixels_of(saved(source, "PNG"))

    def kept(profile: bytes) -> NDArray[np.uint8]:
        return pixels_of(taken(saved(source, "PNG", icc_profile=profile), "picture").content)

    assert np.array_equal(kept(srgb), plain)
    assert np.abs(kept(swapped).astype(int) - plain[..., [1, 0, 2, 3]]).max() <= 2
    assert np.array_equal(kept(b"junk"), plain)


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP"])
def test_of_an_animation_the_first_frame_is_kept_and_said_so(form: str) -> None:
    frames = [Image.new("RGB", (20, 10), colour) for colour in ("red", "green", "blue")]
    content = saved(frames[0], form, save_all=True, append_images=frames[1:], lossless=True)
    kept = taken(content, "picture")
    assert kept.changes == ("first_frame_only",)
    assert (pixels_of(kept.content) == [255, 0, 0, 255]).all()
    assert not getattr(Image.open(io.BytesIO(kept.content)), "is_animated", False)


def test_a_gif_of_a_thousand_frames_is_one_picture() -> None:
    frames = [Image.new("RGB", (16, 16), (number % 7 * 30, 0, 0)) for number in range(1000)]
    content = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    kept = taken(content, "picture")
    assert kept.changes == ("first_frame_only",)
    assert len(kept.content) < 1000 < len(content)


def test_a_header_that_declares_ten_thousand_million_pixels_is_refused_unread() -> None:
    assert refused(png_declaring(100_000, 100_000), "picture") == "picture_too_many_pixels"


def test_the_limit_of_pixels_holds_from_the_first_one_too_many() -> None:
    limits = MediaLimits(picture_pixels=1200)
    assert taken(saved(photograph(40, 30), "PNG"), "picture", limits=limits).width == 40
    assert refused(saved(photograph(1201, 1), "PNG"), "picture", limits=limits) == "picture_too_many_pixels"
    assert refused(png_declaring(10_000, 10_000), "picture") == "picture_too_many_pixels"


def test_the_limit_of_bytes_holds_from_the_first_one_too_many() -> None:
    content = saved(photograph(40, 30), "PNG")
    assert taken(content, "picture", limits=MediaLimits(picture_bytes=len(content))).width == 40
    assert refused(content, "picture", limits=MediaLimits(picture_bytes=len(content) - 1)) == "media_too_large"
    assert refused(b"", "picture") == "media_empty"


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP", "BMP"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_a_picture_that_is_cut_off_is_refused(form: str, share: float) -> None:
    content = saved(Image.effect_noise((200, 150), 60).convert("RGB"), form)
    assert refused(content[: int(len(content) * share)], "picture") == "picture_damaged"


def test_a_page_hidden_in_a_picture_does_not_survive() -> None:
    page = b"<html><script>alert(1)</script></html>"
    source = saved(photograph(20, 20), "PNG")
    hidden = source[:33] + png_chunk(b"tEXt", b"Comment\0" + page) + source[33:] + page
    kept = taken(hidden, "picture")
    assert kept.content == taken(source, "picture").content
    assert b"script" not in kept.content
    jpeg = saved(photograph(20, 20), "JPEG", comment=page) + page
    assert b"script" not in taken(jpeg, "picture").content


def test_a_jpeg_of_our_own_with_something_behind_its_end_is_encoded_anew() -> None:
    own = taken(saved(photograph(64, 48), "JPEG"), "picture").content
    for tail in (b"PK\x03\x04", own, b"\xff\xd9", b"<script>"):
        assert taken(own + tail, "picture").content != own + tail
        assert not taken(own + tail, "picture").content.endswith(tail + tail)


def test_a_decompression_bomb_inside_a_note_of_a_png_is_refused() -> None:
    import zlib

    source = saved(photograph(20, 20), "PNG")
    bomb = png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"\0" * 80_000_000))
    assert refused(source[:33] + bomb + source[33:], "picture") == "picture_damaged"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "picture_is_vector"),
        (b"\x01\0\0\0" + b"\0" * 36 + b" EMF" + b"\0" * 60, "picture_is_vector"),
        (b"\xd7\xcd\xc6\x9a" + b"\0" * 40, "picture_is_vector"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "picture_type_unsupported"),
        (b"<!doctype html><img src=x>", "media_not_picture"),
        (b"GIF", "media_not_picture"),
        (b"GIF89a", "picture_damaged"),
        (b"\x89PNG\r\n\x1a\n", "picture_damaged"),
        (b"RIFF\x04\0\0\0WEBP", "picture_damaged"),
    ],
)
def test_other_files_are_refused_with_the_reason(content: bytes, code: str) -> None:
    assert refused(content, "picture", "hinh.png") == code
    assert refused(saved(photograph(9, 9), "TIFF"), "picture", "hinh.png") == "picture_type_unsupported"


MODES = st.sampled_from(["1", "L", "LA", "P", "RGB", "RGBA"])


@settings(max_examples=40, deadline=None)
@given(mode=MODES, width=st.integers(1, 40), height=st.integers(1, 40), seed=st.integers(0, 2**32 - 1), data=st.data())
def test_what_was_prepared_once_stays_as_it_is(
    mode: str, width: int, height: int, seed: int, data: st.DataObject
) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, (height, width, 4), dtype=np.uint8)
    form = data.draw(st.sampled_from(["PNG", "JPEG", "WEBP", "GIF"]))
    image = Image.fromarray(noise).convert(mode)
    content = saved(image.convert("RGB") if form == "JPEG" and mode != "L" else image, form)
    once = taken(content, "picture")
    again = taken(once.content, "picture")
    assert taken(content, "picture") == once
    assert (again.sha256, again.content_type, again.width, again.height) == (
        once.sha256,
        once.content_type,
        once.width,
        once.height,
    )


@settings(max_examples=60, deadline=None)
@given(form=st.sampled_from(["PNG", "JPEG", "WEBP", "GIF", "BMP"]), data=st.data())
def test_damaged_bytes_give_a_picture_or_a_refusal_and_nothing_else(form: str, data: st.DataObject) -> None:
    content = bytearray(saved(photograph(24, 16), form))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        kept = taken(bytes(content), "picture", limits=MediaLimits(picture_pixels=100_000))
    except Exception as error:
        assert type(error).__name__ == "InvalidMediaError", repr(error)  # noqa: PT017
    else:
        assert pixels_of(kept.content).shape[:2] == (kept.height, kept.width)


def test_a_picture_of_one_row_is_never_scaled_away() -> None:
    kept = taken(saved(Image.new("RGB", (9000, 1)), "BMP"), "picture")
    assert (kept.width, kept.height) == (2400, 1)


def test_a_png_without_pixels_is_refused() -> None:
    header = struct.pack(">IIBBBBB", 0, 5, 8, 2, 0, 0, 0)
    content = b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IEND", b"")
    assert refused(content, "picture") == "picture_damaged"
