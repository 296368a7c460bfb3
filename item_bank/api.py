"""The routers and jobs of item_bank."""

from exam_engine.core.extension import Extension
from item_bank.exchange.api import router as exchange_router
from item_bank.items.api import router as items_router
from item_bank.syllabus.api import loaded_syllabus
from item_bank.syllabus.api import router as syllabus_router

extension = Extension(routers=(syllabus_router, exchange_router, items_router), lifespans=(loaded_syllabus,))
