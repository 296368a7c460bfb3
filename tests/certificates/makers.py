"""Makers of certificate facts and contents that hide what a test is not about."""

from datetime import date
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certificates.public_id import encode_public_id
from certificates.qr_payload import CertificateFacts, Level, sign_payload, verification_url
from certificates.rendering.content import CertificateContent, PaperMark
from certificates.signing import key_id

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KID = key_id(KEY.public_key().public_bytes_raw())
PUBLIC_ID = bytes.fromhex("0123456789abcdef")


def make_facts(**changes: Any) -> CertificateFacts:
    values: dict[str, Any] = {
        "kid": KID,
        "public_id": PUBLIC_ID,
        "status_index": 70_001,
        "level": Level.BASIC,
        "issued_on": date(2026, 12, 22),
        "board": "LD",
        "serial_number": "CB 0012345",
        "name": "Nguyễn Thị Thuỳ Dương",
    }
    return CertificateFacts(**(values | changes))


def make_content(**changes: Any) -> CertificateContent:
    name = changes.get("holder_name", "Nguyễn Thị Thuỳ Dương")
    level = changes.get("level", Level.BASIC)
    digits = sign_payload(make_facts(name=name, level=level), KEY)
    values: dict[str, Any] = {
        "issuer_title": "GIÁM ĐỐC TRUNG TÂM SÁT HẠCH CÔNG NGHỆ THÔNG TIN TỈNH LÂM ĐỒNG",
        "level": level,
        "holder_name": name,
        "birth_date": "05/03/1990",
        "birth_place": "Đắk Nông",
        "exam_date": date(2026, 12, 12),
        "council_name": "Hội đồng thi Trung tâm sát hạch CNTT Lâm Đồng",
        "marks": (PaperMark("trắc nghiệm", "7.25"), PaperMark("thực hành", "8.50")),
        "decision_number": "05/QĐ-TTSH",
        "decision_date": date(2026, 12, 20),
        "place": "Lâm Đồng",
        "issued_on": date(2026, 12, 22),
        "signatory_title": ("GIÁM ĐỐC",),
        "signatory_name": "Trần Quốc Bảo",
        "serial_number": "CB 0012345",
        "register_number": "0123/2026-CB",
        "public_id": encode_public_id(PUBLIC_ID),
        "qr_text": verification_url("https://chungchi.example.vn", digits),
        "lookup_address": "chungchi.example.vn/c",
        "is_specimen": False,
    }
    return CertificateContent(**(values | changes))
