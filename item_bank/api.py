"""The routers and jobs of item_bank."""

from exam_engine.core.extension import Extension

extension = Extension(routers=())
