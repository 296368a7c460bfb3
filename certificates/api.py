"""The routers and jobs of certificates."""

from certificates.verification.api import router as verification_router
from certificates.verification.pages import router as lookup_router
from exam_engine.core.extension import Extension

extension = Extension(routers=(verification_router, lookup_router))
