"""The routers of exam_engine, in the order of its layers."""

from exam_engine.accounts.api import router as accounts_router
from exam_engine.accounts.audit_api import router as audit_router
from exam_engine.accounts.jobs_api import router as jobs_router
from exam_engine.core.extension import Extension
from exam_engine.forms.api import router as forms_router

extension = Extension(routers=(accounts_router, audit_router, jobs_router, forms_router))
