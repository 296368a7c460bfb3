"""The routers and jobs of certificates."""

from exam_engine.core.extension import Extension

extension = Extension(routers=())
