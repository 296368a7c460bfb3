"""Time certificates, from facts to files: ``python -m benchmarks.certificates``.

Every certificate has a name, an id and a signature of its own; times are processor time of one process, so that other
work on the machine does not count.
"""

import platform
import random
import statistics
import time
from collections.abc import Callable
from datetime import date
from importlib.metadata import version

import reportlab
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certificates.public_id import encode_public_id
from certificates.qr_payload import CertificateFacts, Level, read_payload, sign_payload, verification_url
from certificates.rendering.content import CertificateContent, PaperMark
from certificates.rendering.page import render_certificate
from certificates.rendering.qr_symbol import modules

COUNT = 300
SEED = 20261222
FAMILY = (
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Huỳnh",
    "Phan",
    "Vũ",
    "Võ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
)
MIDDLE = (
    "Thị",
    "Văn",
    "Hữu",
    "Đức",
    "Ngọc",
    "Thanh",
    "Quốc",
    "Minh",
    "Thuỳ",
    "Xuân",
    "Kim",
    "Thị Hồng",
    "Tôn Nữ Hoàng",
)
GIVEN = ("An", "Bình", "Châu", "Dương", "Đạt", "Giang", "Hà", "Hằng", "Khánh", "Linh", "Mỹ", "Phượng", "Quỳnh", "Yến")


def make_certificate(number: int, rng: random.Random, key: Ed25519PrivateKey) -> CertificateContent:
    name = " ".join((rng.choice(FAMILY), rng.choice(MIDDLE), rng.choice(GIVEN)))
    identity = rng.randbytes(8)
    facts = CertificateFacts(
        kid=b"\x01\x02\x03\x04",
        public_id=identity,
        status_index=rng.randrange(1 << 17),
        level=Level.BASIC,
        issued_on=date(2026, 12, 22),
        board="LD",
        serial_number=f"CB {number:07}",
        name=name,
    )
    return CertificateContent(
        issuer_title="GIÁM ĐỐC TRUNG TÂM SÁT HẠCH CÔNG NGHỆ THÔNG TIN TỈNH LÂM ĐỒNG",
        level=Level.BASIC,
        holder_name=name,
        birth_date="05/03/1990",
        birth_place="Lâm Đồng",
        exam_date=date(2026, 12, 12),
        council_name="Hội đồng thi Trung tâm sát hạch CNTT Lâm Đồng",
        marks=(PaperMark("trắc nghiệm", "7.25"), PaperMark("thực hành", "8.50")),
        decision_number="05/QĐ-TTSH",
        decision_date=date(2026, 12, 20),
        place="Lâm Đồng",
        issued_on=date(2026, 12, 22),
        signatory_title=("GIÁM ĐỐC",),
        signatory_name="Trần Quốc Bảo",
        serial_number=f"CB {number:07}",
        register_number=f"{number:04}/2026-CB",
        public_id=encode_public_id(identity),
        qr_text=verification_url("https://chungchi.example.vn", sign_payload(facts, key)),
        lookup_address="chungchi.example.vn/c",
        is_specimen=False,
    )


def milliseconds_each(work: Callable[[], object], count: int) -> float:
    started = time.process_time()
    work()
    return (time.process_time() - started) / count * 1000


def main() -> None:
    rng = random.Random(SEED)
    key = Ed25519PrivateKey.from_private_bytes(rng.randbytes(32))
    print(f"Python {platform.python_version()}, reportlab {reportlab.__version__}, zxing-cpp {version('zxing-cpp')}")
    contents: list[CertificateContent] = []
    signing = milliseconds_each(
        lambda: contents.extend(make_certificate(number, rng, key) for number in range(1, COUNT + 1)), COUNT
    )
    texts = [content.qr_text for content in contents]
    verifier = key.public_key()
    verifying = milliseconds_each(
        lambda: [read_payload(text.partition("#")[2]).verify(verifier) for text in texts], COUNT
    )
    sides: list[int] = []
    encoding = milliseconds_each(lambda: sides.extend(len(modules(text)) for text in texts), COUNT)
    render_certificate(contents[0])
    pages: list[bytes] = []
    rendering = milliseconds_each(lambda: pages.extend(render_certificate(content) for content in contents), COUNT)
    sizes = [len(page) / 1024 for page in pages]
    print(f"{COUNT} certificates, each with a name, id and signature of its own")
    print(f"  facts and Ed25519 signature   {signing:8.3f} ms each")
    print(f"  strict reading and checking   {verifying:8.3f} ms each")
    print(f"  QR symbol                     {encoding:8.3f} ms each, {min(sides)} to {max(sides)} modules")
    print(f"  whole page as PDF             {rendering:8.3f} ms each, {1000 / rendering:.0f} a second on one core")
    print(f"  size of a file                {statistics.mean(sizes):8.1f} KB mean, {max(sizes):.1f} KB largest")


if __name__ == "__main__":
    main()
