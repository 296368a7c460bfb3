"""One item of every interaction, as it is delivered to a browser, about what a basic computing exam asks."""

from typing import Any

from exam_engine.forms.schemas import ITEM_VIEW, ItemView

PICTURE_HASH = "a" * 64
FILE_HASH = "b" * 64
PICTURE_SIZE = (640, 360)

_PICTURE = {
    "media": PICTURE_HASH,
    "alternative_text": "Cửa sổ soạn thảo văn bản có thanh công cụ ở phía trên",
    "width": PICTURE_SIZE[0],
    "height": PICTURE_SIZE[1],
}


def _options(*contents: str) -> list[dict[str, Any]]:
    return [{"id": chr(65 + place), "content": content} for place, content in enumerate(contents)]


_CONTENTS: dict[str, dict[str, Any]] = {
    "single_choice": {
        "stem": "<p>Công thức nào tính <strong>tổng</strong> các ô từ A1 đến A5?</p>",
        "options": _options("<code>=SUM(A1:A5)</code>", "<code>=COUNT(A1:A5)</code>", "<code>=A1+A5</code>"),
    },
    "multiple_response": {
        "stem": "<p>Những thiết bị nào là thiết bị vào?</p>",
        "options": _options("Bàn phím", "Màn hình", "Chuột", "Máy quét"),
        "min_choices": 1,
        "max_choices": 3,
    },
    "true_false_table": {
        "stem": "<p>Xét bảng tính có cột Doanh thu. Mỗi phát biểu sau đúng hay sai?</p>",
        "statements": [
            {"id": "a", "content": "Hàm MAX trả về giá trị lớn nhất của vùng."},
            {"id": "b", "content": "Ô trống được hàm COUNT tính là một số, nên kết quả luôn bằng số ô của vùng."},
            {"id": "c", "content": "Địa chỉ <code>$B$2</code> không đổi khi sao chép công thức."},
            {"id": "d", "content": "Biểu đồ tự cập nhật khi số liệu thay đổi."},
        ],
    },
    "match": {
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
    "order": {
        "stem": "<p>Sắp xếp các bước để in một văn bản.</p>",
        "options": _options("Chọn máy in", "Mở văn bản", "Bấm nút In", "Mở hộp thoại In"),
    },
    "gap_match": {
        "stem": "<p>Điền từ thích hợp vào chỗ trống.</p>",
        "passage": '<p>Bộ nhớ <span data-gap="g1"></span> mất dữ liệu khi tắt máy, còn <span data-gap="g2"></span>'
        " giữ dữ liệu lâu dài.</p>",
        "texts": _options("RAM", "ổ cứng", "bộ xử lý"),
        "gaps": [{"id": "g1"}, {"id": "g2"}],
    },
    "inline_choice": {
        "stem": "<p>Chọn từ đúng ở mỗi chỗ trống.</p>",
        "passage": '<p>Để sao chép, bấm Ctrl + <span data-gap="g1"></span>; để dán, bấm Ctrl + '
        '<span data-gap="g2"></span>.</p>',
        "gaps": [{"id": "g1", "options": _options("C", "X", "V")}, {"id": "g2", "options": _options("V", "Z")}],
    },
    "text_entry": {
        "stem": "<p>Điền vào chỗ trống.</p>",
        "passage": '<p>Thủ đô của nước ta là <span data-gap="g1"></span>. Một byte có <span data-gap="g2"></span>'
        " bit.</p>",
        "gaps": [{"id": "g1", "expected_length": 14}, {"id": "g2", "expected_length": 4, "is_numeric": True}],
    },
    "numeric_entry": {
        "stem": "<p>Tệp 25 MB tải với tốc độ 2 MB mỗi giây mất bao lâu?</p>",
        "units": [{"id": "u1", "content": "giây"}, {"id": "u2", "content": "phút"}],
    },
    "hot_text": {
        "stem": "<p>Chọn hai từ viết sai chính tả.</p>",
        "passage": '<p>Máy tính <span data-hottext="h1">sử lý</span> dữ liệu và <span data-hottext="h2">lưu trữ</span>'
        ' kết quả để người dùng <span data-hottext="h3">tra cứu</span>, <span data-hottext="h4">chia xẻ</span>'
        " về sau.</p>",
        "hottexts": ["h1", "h2", "h3", "h4"],
        "min_choices": 2,
        "max_choices": 2,
    },
    "hotspot": {
        "stem": "<p>Bấm vào nút lưu văn bản.</p>",
        "picture": _PICTURE,
        "hotspots": [
            {"id": "p1", "shape": "rectangle", "coordinates": [40, 30, 140, 90], "label": "Nút thứ nhất"},
            {"id": "p2", "shape": "circle", "coordinates": [240, 60, 36], "label": "Nút thứ hai"},
            {"id": "p3", "shape": "polygon", "coordinates": [340, 90, 390, 24, 440, 90], "label": "Nút thứ ba"},
        ],
    },
    "select_point": {
        "stem": "<p>Đánh dấu hai lỗi trên hình.</p>",
        "picture": _PICTURE,
        "max_points": 2,
    },
    "slider": {
        "stem": "<p>Thời lượng pin còn lại là bao nhiêu phần trăm?</p>",
        "lower": "0",
        "upper": "1",
        "step": "0.1",
        "unit": "kWh",
    },
    "extended_text": {
        "stem": "<p>Viết một đoạn ngắn về lợi ích của việc sao lưu dữ liệu.</p>",
        "expected_lines": 4,
        "max_characters": 300,
    },
    "file_upload": {
        "stem": "<p>Mở tệp bảng tính, tính tổng cột C rồi nộp lại.</p>",
        "starting_files": [
            {"name": "doanh thu.xlsx", "media": FILE_HASH, "content_type": "application/x", "size_bytes": 19_500}
        ],
        "file_types": ["xlsx", "ods"],
        "max_files": 2,
        "max_file_bytes": 1_000_000,
    },
}

INTERACTIONS = tuple(_CONTENTS)


def sample(interaction: str, *, ref: str = "q01", **changes: Any) -> ItemView:
    """Return the item of an interaction, checked against the form in which the server delivers it."""
    return ITEM_VIEW.validate_python(
        {
            "interaction": interaction,
            "ref": ref,
            "module": {"code": "IU01", "name": "Hiểu biết về công nghệ thông tin cơ bản"},
            "points": "1",
        }
        | _CONTENTS[interaction]
        | changes
    )
