"""Items of the sample exam as candidates see them; their keys stand apart, where only marking reads them."""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from exam_engine.forms.schemas import ITEM_VIEW, ItemView

_PICTURE_FILE = Path(__file__).parent / "window.png"
_PICTURE_SIZE = (640, 360)
_MODULES = {
    "IU01": "Hiểu biết về CNTT cơ bản",
    "IU02": "Sử dụng máy tính cơ bản",
    "IU03": "Xử lý văn bản cơ bản",
    "IU04": "Sử dụng bảng tính cơ bản",
    "IU05": "Sử dụng trình chiếu cơ bản",
    "IU06": "Sử dụng Internet cơ bản",
}


def _options(*contents: str) -> list[dict[str, str]]:
    return [{"id": "abcdef"[place], "content": content} for place, content in enumerate(contents)]


def _window(picture: str) -> dict[str, Any]:
    return {
        "media": picture,
        "alternative_text": "Cửa sổ soạn thảo: ba nút trên thanh công cụ, bên dưới là trang có hai hình vuông sẫm",
        "width": _PICTURE_SIZE[0],
        "height": _PICTURE_SIZE[1],
    }


def _contents(picture: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Return module, points and content of each item, in the order of the paper."""
    stimulus = {
        "ref": "s01",
        "title": "Bảng bán hàng",
        "language": "vi",
        "content": "<p>Trong bảng tính, ô A1 đến A5 ghi tên năm mặt hàng, ô B1 đến B5 ghi số lượng đã bán: "
        "12, 7, 0, 20 và 11. Ô C1 có công thức <code>=B1*$D$1</code>; ô D1 ghi đơn giá.</p>",
    }
    return [
        (
            "IU04",
            "1",
            {
                "interaction": "single_choice",
                "stem": "<p>Công thức nào tính <strong>tổng</strong> số lượng đã bán của năm mặt hàng?</p>",
                "options": _options("=COUNT(B1:B5)", "=B1+B5", "=SUM(B1:B5)", "=SUM(A1:A5)"),
                "stimulus": stimulus,
            },
        ),
        (
            "IU04",
            "1",
            {
                "interaction": "true_false_table",
                "stem": "<p>Mỗi phát biểu sau về bảng bán hàng đúng hay sai?</p>",
                "statements": [
                    {"id": "a", "content": "Hàm MAX của vùng B1:B5 trả về 20."},
                    {"id": "b", "content": "Hàm AVERAGE của vùng B1:B5 bỏ qua ô ghi số 0."},
                    {"id": "c", "content": "Chép ô C1 xuống C2 thì công thức thành <code>=B2*$D$1</code>."},
                    {"id": "d", "content": "Sắp xếp cột B không bao giờ làm đổi cột A."},
                ],
                "stimulus": stimulus,
            },
        ),
        (
            "IU01",
            "1",
            {
                "interaction": "multiple_response",
                "stem": "<p>Những thiết bị nào là thiết bị <strong>vào</strong>?</p>",
                "options": _options("Bàn phím", "Máy chiếu", "Máy quét", "Loa", "Chuột"),
                "min_choices": 1,
            },
        ),
        (
            "IU01",
            "1",
            {
                "interaction": "match",
                "stem": "<p>Ghép mỗi phần mềm với loại của nó.</p>",
                "sources": [
                    {"id": "s1", "content": "LibreOffice Writer"},
                    {"id": "s2", "content": "Ubuntu"},
                    {"id": "s3", "content": "Firefox"},
                ],
                "targets": [
                    {"id": "t1", "content": "Hệ điều hành"},
                    {"id": "t2", "content": "Trình duyệt"},
                    {"id": "t3", "content": "Soạn thảo văn bản"},
                ],
                "max_per_target": 1,
            },
        ),
        (
            "IU03",
            "1",
            {
                "interaction": "order",
                "stem": "<p>Sắp xếp các bước để in một văn bản.</p>",
                "options": _options("Chọn máy in", "Mở văn bản", "Bấm nút In", "Mở hộp thoại In"),
            },
        ),
        (
            "IU01",
            "1",
            {
                "interaction": "gap_match",
                "stem": "<p>Đưa từ thích hợp vào chỗ trống.</p>",
                "passage": '<p>Bộ nhớ <span data-gap="g1"></span> mất dữ liệu khi tắt máy, còn '
                '<span data-gap="g2"></span> giữ dữ liệu lâu dài.</p>',
                "texts": _options("bộ xử lý", "ổ cứng", "RAM"),
                "gaps": [{"id": "g1"}, {"id": "g2"}],
            },
        ),
        (
            "IU02",
            "1",
            {
                "interaction": "inline_choice",
                "stem": "<p>Chọn phím đúng ở mỗi chỗ trống.</p>",
                "passage": '<p>Để sao chép, bấm Ctrl + <span data-gap="g1"></span>; để dán, bấm Ctrl + '
                '<span data-gap="g2"></span>.</p>',
                "gaps": [{"id": "g1", "options": _options("X", "C", "V")}, {"id": "g2", "options": _options("V", "Z")}],
            },
        ),
        (
            "IU01",
            "1",
            {
                "interaction": "text_entry",
                "stem": "<p>Điền vào chỗ trống.</p>",
                "passage": '<p>Một byte có <span data-gap="g1"></span> bit. Thiết bị dùng để gõ chữ gọi là '
                '<span data-gap="g2"></span>.</p>',
                "gaps": [{"id": "g1", "expected_length": 4, "is_numeric": True}, {"id": "g2", "expected_length": 12}],
            },
        ),
        (
            "IU06",
            "1",
            {
                "interaction": "numeric_entry",
                "stem": "<p>Một tệp 25 MB được tải với tốc độ 2 MB mỗi giây. Tải xong mất bao lâu?</p>",
                "units": [{"id": "u1", "content": "phút"}, {"id": "u2", "content": "giây"}],
            },
        ),
        (
            "IU03",
            "1",
            {
                "interaction": "hot_text",
                "stem": "<p>Chọn hai từ viết sai chính tả.</p>",
                "passage": '<p>Máy tính <span data-hottext="h1">sử lý</span> dữ liệu và '
                '<span data-hottext="h2">lưu trữ</span> kết quả để người dùng <span data-hottext="h3">tra cứu</span>, '
                '<span data-hottext="h4">chia xẻ</span> về sau.</p>',
                "hottexts": ["h1", "h2", "h3", "h4"],
                "min_choices": 2,
                "max_choices": 2,
            },
        ),
        (
            "IU03",
            "1",
            {
                "interaction": "hotspot",
                "stem": "<p>Bấm vào nút in <strong>đậm</strong> trên thanh công cụ.</p>",
                "picture": _window(picture),
                "hotspots": [
                    {
                        "id": "p1",
                        "shape": "rectangle",
                        "coordinates": [24, 48, 84, 96],
                        "label": "Chữ I nghiêng",
                    },
                    {"id": "p2", "shape": "rectangle", "coordinates": [96, 48, 156, 96], "label": "Chữ B đậm"},
                    {
                        "id": "p3",
                        "shape": "rectangle",
                        "coordinates": [168, 48, 228, 96],
                        "label": "Chữ U gạch chân",
                    },
                ],
            },
        ),
        (
            "IU05",
            "1",
            {
                "interaction": "select_point",
                "stem": "<p>Đánh dấu hai hình vuông sẫm trên trang.</p>",
                "picture": _window(picture),
                "max_points": 2,
            },
        ),
        (
            "IU02",
            "1",
            {
                "interaction": "slider",
                "stem": "<p>Ổ đĩa 500 GB đã dùng 350 GB. Kéo đến số phần trăm <strong>còn trống</strong>.</p>",
                "lower": "0",
                "upper": "100",
                "step": "5",
                "unit": "%",
            },
        ),
        (
            "IU06",
            "1",
            {
                "interaction": "extended_text",
                "stem": "<p>Viết một đoạn ngắn: vì sao không nên dùng chung một mật khẩu ở nhiều nơi?</p>",
                "expected_lines": 4,
                "max_characters": 600,
            },
        ),
    ]


@cache
def picture() -> tuple[str, str]:
    """Return the picture that items show: its SHA-256 and its bytes as base64."""
    content = _PICTURE_FILE.read_bytes()
    return hashlib.sha256(content).hexdigest(), base64.b64encode(content).decode()


@cache
def sample_items() -> tuple[ItemView, ...]:
    """Return the items of the sample exam in their order; each interaction once, but for handing in files."""
    return tuple(
        ITEM_VIEW.validate_python(
            {
                "ref": f"q{number:02d}",
                "module": {"code": module, "name": _MODULES[module]},
                "points": points,
                "stimulus": None,
                **content,
            }
        )
        for number, (module, points, content) in enumerate(_contents(picture()[0]), start=1)
    )
