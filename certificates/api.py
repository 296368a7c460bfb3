"""The routers and jobs of certificates."""

from certificates.issuing.api import router as certificates_router
from certificates.issuing.jobs import ISSUE_JOB, issue_certificates
from certificates.verification.api import router as verification_router
from certificates.verification.pages import router as lookup_router
from exam_engine.core.extension import Extension

extension = Extension(
    routers=(certificates_router, verification_router, lookup_router),
    jobs={ISSUE_JOB: issue_certificates},
)
