"""Starting files of the practical tasks of IU07: a report without styles, a letter and a list to merge."""

import datetime

from docx import Document
from docx.document import Document as Report
from docx.shared import Cm, Pt
from openpyxl import Workbook

from item_bank.sample.drawing.packing import settle
from item_bank.sample.drawing.sketch import FILES, PICTURES

WRITTEN = datetime.datetime(2026, 1, 5, 8, 0)  # noqa: DTZ001 -- office files keep local time without a zone

REPORT: tuple[tuple[str, str], ...] = (
    ("title", "BÁO CÁO TỔNG KẾT PHONG TRÀO ĐỌC SÁCH"),
    ("text", "Thư viện trường THPT Sông Hương – Năm học 2025–2026"),
    ("heading", "Mục đích và phạm vi"),
    ("text", "Báo cáo tổng hợp hoạt động đọc sách của học sinh ba khối lớp trong năm học 2025–2026. Số liệu lấy "
             "từ sổ mượn trả điện tử của thư viện."),
    ("heading", "Kết quả đạt được"),
    ("subheading", "Số lượt mượn sách"),
    ("text", "Tổng số lượt mượn là 4 860, tăng 12% so với năm học trước. Khối 10 có số lượt mượn cao nhất; ảnh "
             "dưới đây vẽ lại cây tiêu đề của báo cáo năm trước để đối chiếu bố cục."),
    ("picture", "iu07-outline.png"),
    ("subheading", "Câu lạc bộ đọc sách"),
    ("text", "Câu lạc bộ có 64 thành viên, họp hai tuần một lần. Chỉ số bạn đọc tích cực được tính theo quy chế của "
             "thư viện."),
    ("heading", "Hạn chế và giải pháp"),
    ("subheading", "Hạn chế"),
    ("text", "Kho sách khoa học còn ít đầu sách mới; giờ mở cửa buổi chiều chưa phù hợp với lịch học của khối 12."),
    ("subheading", "Giải pháp"),
    ("text", "Bổ sung 150 đầu sách khoa học và mở cửa thêm chiều thứ Bảy. Các kiểu bố trí ảnh dùng cho áp phích tuyên "
             "truyền được minh họa trong ảnh sau."),
    ("picture", "iu07-wrapping.png"),
    ("heading", "Kiến nghị"),
    ("text", "Thư viện kiến nghị nhà trường cấp thêm kinh phí mua sách và một máy tính tra cứu."),
)  # fmt: skip

GUESTS = (
    ("Nguyễn Hoàng An", "Nam", "Sở Giáo dục và Đào tạo", 1, "Có"),
    ("Trần Thị Bích", "Nữ", "Nhà xuất bản Sông Hương", 2, "Có"),
    ("Lê Quang Chính", "Nam", "Thư viện tỉnh", 1, "Không"),
    ("Phạm Thùy Dương", "Nữ", "Hội Khuyến học", 1, "Có"),
    ("Hoàng Văn Giang", "Nam", "Báo Tuổi Hoa", 2, "Không"),
    ("Đặng Thu Hà", "Nữ", "Trường THCS Phú Xuân", 1, "Có"),
    ("Vũ Minh Khôi", "Nam", "Hội Cha mẹ học sinh", 1, "Có"),
    ("Bùi Ngọc Lan", "Nữ", "Trường THPT Bến Ngự", 2, "Không"),
    ("Đỗ Hữu Nghĩa", "Nam", "Công ty Sách Trẻ", 1, "Có"),
    ("Ngô Thị Oanh", "Nữ", "Trung tâm Văn hóa", 1, "Có"),
)


def report() -> None:
    """A report whose headings are only bold and large: no styles, no table of contents, no numbers of pages."""
    document = _document()
    for kind, text in REPORT:
        if kind == "picture":
            document.add_picture(str(PICTURES / text), width=Cm(8))
            continue
        run = document.add_paragraph().add_run(text)
        run.bold = kind != "text"
        run.font.size = Pt({"title": 20, "heading": 15, "subheading": 13, "text": 12}[kind])
    document.save(str(FILES / "iu07-report.docx"))
    settle(FILES / "iu07-report.docx")


def letter() -> None:
    """A letter of invitation with places in square brackets for what the list has."""
    document = _document()
    for text in (
        "TRƯỜNG THPT SÔNG HƯƠNG",
        "THƯ MỜI",
        "Kính gửi: [ông/bà] [họ tên], [đơn vị]",
        "Nhà trường trân trọng kính mời [ông/bà] tới dự Lễ tổng kết phong trào đọc sách lúc 8 giờ ngày 15/5/2026 tại "
        "Hội trường A.",
        "Số ghế dành cho đơn vị: [số ghế].",
        "Rất hân hạnh được đón tiếp.",
    ):
        document.add_paragraph(text)
    document.save(str(FILES / "iu07-letter.docx"))
    settle(FILES / "iu07-letter.docx")


def guests() -> None:
    """The list of guests: one table from A1, headings without blanks as names of fields."""
    workbook = Workbook()
    workbook.properties.created = workbook.properties.modified = WRITTEN
    sheet = workbook.worksheets[0]
    sheet.title = "KhachMoi"
    sheet.append(("HoTen", "GioiTinh", "DonVi", "SoGhe", "XacNhan"))
    for guest in GUESTS:
        sheet.append(guest)
    workbook.save(FILES / "iu07-guests.xlsx")
    settle(FILES / "iu07-guests.xlsx")


def _document() -> Report:
    document = Document()
    document.core_properties.author = ""
    document.core_properties.created = document.core_properties.modified = WRITTEN
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(3), Cm(2)
    document.styles["Normal"].font.name = "Times New Roman"
    return document


def draw() -> None:
    """Write all of them."""
    FILES.mkdir(exist_ok=True)
    for write in (report, letter, guests):
        write()


if __name__ == "__main__":
    draw()
