"""The routers and jobs of item_bank."""

from exam_engine.core.extension import Extension
from item_bank.assembly.api import router as assembly_router
from item_bank.assembly.feasibility.api import router as feasibility_router
from item_bank.assembly.health_api import router as health_router
from item_bank.assembly.jobs import run_assembly
from item_bank.assembly.report.api import router as report_router
from item_bank.assembly.starting import JOB_KIND as ASSEMBLY
from item_bank.authoring.api import router as authoring_router
from item_bank.authoring.stimuli_api import router as stimuli_router
from item_bank.blueprints.api import router as blueprints_router
from item_bank.blueprints.printing.api import router as blueprint_documents_router
from item_bank.blueprints.versions.api import router as blueprint_versions_router
from item_bank.bulk.api import router as bulk_router
from item_bank.calibration.api import router as calibration_router
from item_bank.calibration.evidence.api import router as calibration_evidence_router
from item_bank.calibration.jobs import run_calibration
from item_bank.calibration.service import JOB_KIND as CALIBRATION
from item_bank.exchange.api import body_limits as import_body_limits
from item_bank.exchange.api import router as exchange_router
from item_bank.exchange.exporting.api import router as exports_router
from item_bank.exchange.jobs import run_import
from item_bank.exchange.paper.api import router as form_papers_router
from item_bank.exchange.service import JOB_KIND as ITEM_IMPORT
from item_bank.home.api import router as home_router
from item_bank.items.answered_parameters import parameters_of_versions
from item_bank.items.api import router as items_router
from item_bank.items.formula_api import router as formula_router
from item_bank.quality.api import router as quality_router
from item_bank.quality.bank_index import kept_bank_index
from item_bank.quality.survey.api import router as survey_router
from item_bank.quality.survey.jobs import run_survey
from item_bank.quality.survey.service import JOB_KIND as ITEM_SURVEY
from item_bank.reviewing.api import loaded_checklist
from item_bank.reviewing.api import router as reviews_router
from item_bank.reviewing.comments_api import router as comments_router
from item_bank.reviewing.history_api import router as history_router
from item_bank.saved_views.api import router as saved_views_router
from item_bank.syllabus.api import loaded_syllabus
from item_bank.syllabus.api import router as syllabus_router
from item_bank.syllabus_editing.api import router as syllabus_editing_router
from item_bank.syllabus_editing.sheet_api import router as syllabus_sheet_router
from item_bank.tailored.api import router as tailored_router
from item_bank.tailored.jobs import make_tailored_paper
from item_bank.tailored.service import JOB_KIND as TAILORED_PAPER

extension = Extension(
    routers=(
        syllabus_router,
        syllabus_editing_router,
        syllabus_sheet_router,
        exchange_router,
        exports_router,
        form_papers_router,
        authoring_router,
        stimuli_router,
        reviews_router,
        comments_router,
        history_router,
        bulk_router,
        items_router,
        saved_views_router,
        home_router,
        quality_router,
        survey_router,
        formula_router,
        calibration_router,
        calibration_evidence_router,
        blueprints_router,
        blueprint_versions_router,
        blueprint_documents_router,
        feasibility_router,
        health_router,
        assembly_router,
        report_router,
        tailored_router,
    ),
    jobs={
        CALIBRATION: run_calibration,
        ASSEMBLY: run_assembly,
        TAILORED_PAPER: make_tailored_paper,
        ITEM_IMPORT: run_import,
        ITEM_SURVEY: run_survey,
    },
    lifespans=(loaded_syllabus, loaded_checklist, kept_bank_index),
    body_limits=import_body_limits,
    item_parameters=parameters_of_versions,
)
