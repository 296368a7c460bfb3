"""What stands on a certificate, in the form in which the register keeps it and the page draws it."""

from dataclasses import dataclass
from datetime import date

from certificates.qr_payload import Level


@dataclass(frozen=True, slots=True)
class PaperMark:
    """The mark of one paper: its name in Vietnamese and the mark with a dot (``7.25``)."""

    paper: str
    mark: str


@dataclass(frozen=True, slots=True)
class CertificateContent:
    """Every fact that the page shows; with the same content the page is the same, byte for byte.

    Attributes
    ----------
    issuer_title : who issues, in capitals, as the authority's rule-set has it.
    birth_date : ``dd/MM/yyyy``, or the year alone where papers hold no more.
    signatory_title : one entry a line, for example ``("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC")``.
    public_id : fourteen characters, ungrouped.
    qr_text : the whole address in the QR symbol.
    lookup_address : where a typed id is looked up, as printed, without ``https://``.
    is_specimen : the authority is a demonstration; the page says that it has no value.
    """

    issuer_title: str
    level: Level
    holder_name: str
    birth_date: str
    birth_place: str
    exam_date: date
    council_name: str
    marks: tuple[PaperMark, ...]
    decision_number: str
    decision_date: date
    place: str
    issued_on: date
    signatory_title: tuple[str, ...]
    signatory_name: str
    serial_number: str
    register_number: str
    public_id: str
    qr_text: str
    lookup_address: str
    is_specimen: bool
