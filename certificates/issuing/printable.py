"""Whether everything that a certificate prints can be printed, asked before anything is entered."""

from collections.abc import Iterator, Sequence

from certificates.errors import CertificateDataError
from certificates.issuing.passes import PassToCertify
from certificates.names import UnprintableNameError, normalise_name
from certificates.registry.models import IssuingAuthority
from certificates.rendering.fonts import missing_characters
from exam_engine.core.errors import Fault


def check_printable(entries: Sequence[PassToCertify], authority: IssuingAuthority) -> None:
    """Refuse entries whose names or texts cannot stand on a certificate.

    Raises
    ------
    CertificateDataError
        With every fault; ``place`` is the candidate's number.
    """
    texts = (authority.issuer_title, authority.place, *authority.signatory_title, authority.signatory_name)
    faults = [*_missing(texts, authority.signatory_name), *(fault for entry in entries for fault in _faults_of(entry))]
    if faults:
        raise CertificateDataError(faults=faults, count=len(faults))


def _faults_of(entry: PassToCertify) -> Iterator[Fault]:
    try:
        normalise_name(entry.full_name)
    except UnprintableNameError as error:
        fault = error.fault
        params = {"name": entry.full_name, "position": fault.position, "character": fault.character}
        yield Fault(fault.code, entry.candidate_number, params)
    papers = (paper for paper, _ in entry.marks)
    texts = (entry.birth_place, entry.birth_date, entry.council_name, entry.decision_number, *papers)
    yield from _missing(texts, entry.candidate_number)


def _missing(texts: Sequence[str], place: str) -> Iterator[Fault]:
    missing = missing_characters("".join(texts))
    if missing:
        yield Fault("text_unprintable", place, {"characters": " ".join(f"U+{ord(letter):04X}" for letter in missing)})
