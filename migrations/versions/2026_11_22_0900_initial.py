"""The tables of the first version."""

import sqlalchemy as sa
from alembic import op

revision = "202611220900"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("actor_kind", sa.String(length=16), nullable=False),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("object_type", sa.String(length=32), nullable=False),
        sa.Column("object_id", sa.String(length=64), nullable=False),
        sa.Column("before_hash", sa.String(length=64), nullable=True),
        sa.Column("after_hash", sa.String(length=64), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_entry_hash")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_action"), ["action"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_object_id"), ["object_id"], unique=False)

    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "blank_range",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("standard_level", sa.String(length=16), nullable=False),
        sa.Column("prefix", sa.String(length=12), nullable=False),
        sa.Column("first_number", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("digits", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("first_number <= last_number", name=op.f("ck_blank_range_is_not_empty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blank_range")),
    )
    with op.batch_alter_table("blank_range", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_blank_range_standard_level"), ["standard_level"], unique=False)

    op.create_table(
        "blueprint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("form_length", sa.Integer(), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("cut_theta", sa.Float(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("changed_by_name", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blueprint")),
        sa.UniqueConstraint("name", name=op.f("uq_blueprint_name")),
    )
    op.create_table(
        "candidate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("full_name", sa.String(length=120), nullable=False),
        sa.Column("sort_name", sa.String(length=120), nullable=True),
        sa.Column("sort_key", sa.LargeBinary(), nullable=False),
        sa.Column("search_key", sa.String(length=160), nullable=False),
        sa.Column("birth_date", sa.String(length=10), nullable=False),
        sa.Column("sex", sa.String(length=8), nullable=False),
        sa.Column("birth_place", sa.String(length=200), nullable=False),
        sa.Column("identity_number", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate")),
        sa.UniqueConstraint("identity_number", name=op.f("uq_candidate_identity_number")),
    )
    op.create_table(
        "certificate_key",
        sa.Column("kid", sa.String(length=8), nullable=False),
        sa.Column("public_key", sa.String(length=64), nullable=False),
        sa.Column("not_before", sa.Date(), nullable=False),
        sa.Column("not_after", sa.Date(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_certificate_key")),
    )
    op.create_table(
        "exam",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("standard_level", sa.String(length=16), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam")),
        sa.UniqueConstraint("code", name=op.f("uq_exam_code")),
    )
    op.create_table(
        "form",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("form_code", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("item_count", sa.Integer(), nullable=False),
        sa.Column("max_points", sa.String(length=16), nullable=False),
        sa.Column("source", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=False),
        sa.Column("published_by_name", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form")),
    )
    with op.batch_alter_table("form", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_form_form_code"), ["form_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_form_published_at"), ["published_at"], unique=False)

    op.create_table(
        "framework",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("legal_basis", sa.String(length=200), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_framework")),
    )
    op.create_table(
        "issuing_authority",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("board_code", sa.String(length=12), nullable=False),
        sa.Column("issuer_title", sa.String(length=240), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("signatory_title", sa.JSON(), nullable=False),
        sa.Column("signatory_name", sa.String(length=120), nullable=False),
        sa.Column("legal_basis", sa.String(length=500), nullable=False),
        sa.Column("register_template", sa.String(length=48), nullable=False),
        sa.Column("is_specimen", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("valid_to IS NULL OR valid_from < valid_to", name=op.f("ck_issuing_authority_has_days")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issuing_authority")),
    )
    op.create_table(
        "item_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column("sheet_name", sa.String(length=64), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows_with_errors", sa.Integer(), nullable=False),
        sa.Column("drafts", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_import")),
    )
    with op.batch_alter_table("item_import", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_item_import_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_item_import_created_by"), ["created_by"], unique=False)

    op.create_table(
        "job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("progress", sa.Float(), nullable=False),
        sa.Column("message_code", sa.String(length=64), nullable=True),
        sa.Column("message_params", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("error", sa.JSON(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_by_name", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_job_status"), ["status"], unique=False)

    op.create_table(
        "login_failure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=160), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_failure")),
    )
    with op.batch_alter_table("login_failure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_failure_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_login_failure_subject"), ["subject"], unique=False)

    op.create_table(
        "register_series",
        sa.Column("standard_level", sa.String(length=16), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last_sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("standard_level", "year", name=op.f("pk_register_series")),
    )
    op.create_table(
        "rule_set",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=48), nullable=False),
        sa.Column("standard_level", sa.String(length=16), nullable=False),
        sa.Column("legal_basis", sa.String(length=500), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_set")),
        sa.UniqueConstraint("code", name=op.f("uq_rule_set_code")),
    )
    with op.batch_alter_table("rule_set", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rule_set_standard_level"), ["standard_level"], unique=False)

    op.create_table(
        "staff_user",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("display_name", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=256), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_user")),
        sa.UniqueConstraint("username", name=op.f("uq_staff_user_username")),
    )
    op.create_table(
        "test_centre",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_centre")),
        sa.UniqueConstraint("code", name=op.f("uq_test_centre_code")),
    )
    op.create_table(
        "administration",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("exam_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("council_name", sa.String(length=200), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("number_template", sa.String(length=64), nullable=False),
        sa.Column("rule_set_code", sa.String(length=48), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["exam_id"], ["exam.id"], name=op.f("fk_administration_exam_id")),
        sa.ForeignKeyConstraint(["rule_set_code"], ["rule_set.code"], name=op.f("fk_administration_rule_set_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_administration")),
    )
    with op.batch_alter_table("administration", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_administration_exam_id"), ["exam_id"], unique=False)

    op.create_table(
        "assembly",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("blueprint_id", sa.Uuid(), nullable=False),
        sa.Column("blueprint", sa.JSON(), nullable=False),
        sa.Column("form_count", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("tolerance", sa.Float(), nullable=False),
        sa.Column("pool_size", sa.Integer(), nullable=True),
        sa.Column("is_simulated", sa.Boolean(), nullable=False),
        sa.Column("max_relative_difference", sa.Float(), nullable=True),
        sa.Column("objective", sa.Float(), nullable=True),
        sa.Column("bound", sa.Float(), nullable=True),
        sa.Column("gap", sa.Float(), nullable=True),
        sa.Column("conflict", sa.JSON(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_by_name", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_form_ids", sa.JSON(), nullable=False),
        sa.Column("published_by_name", sa.String(length=120), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["blueprint_id"], ["blueprint.id"], name=op.f("fk_assembly_blueprint_id")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_assembly_job_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assembly")),
        sa.UniqueConstraint("number", name=op.f("uq_assembly_number")),
    )
    with op.batch_alter_table("assembly", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assembly_blueprint_id"), ["blueprint_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assembly_created_at"), ["created_at"], unique=False)

    op.create_table(
        "blank",
        sa.Column("serial_number", sa.String(length=24), nullable=False),
        sa.Column("range_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.CheckConstraint("status IN ('available', 'used', 'spoiled', 'lost')", name=op.f("ck_blank_status_is_known")),
        sa.ForeignKeyConstraint(["range_id"], ["blank_range.id"], name=op.f("fk_blank_range_id")),
        sa.PrimaryKeyConstraint("serial_number", name=op.f("pk_blank")),
    )
    with op.batch_alter_table("blank", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_blank_range_id"), ["range_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_blank_status"), ["status"], unique=False)

    op.create_table(
        "calibration_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("is_simulated", sa.Boolean(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column("n_candidates", sa.Integer(), nullable=False),
        sa.Column("n_items", sa.Integer(), nullable=False),
        sa.Column("n_responses", sa.Integer(), nullable=False),
        sa.Column("n_blank", sa.Integer(), nullable=False),
        sa.Column("log_likelihood", sa.Float(), nullable=True),
        sa.Column("iterations", sa.Integer(), nullable=True),
        sa.Column("converged", sa.Boolean(), nullable=True),
        sa.Column("max_gradient", sa.Float(), nullable=True),
        sa.Column("marginal_reliability", sa.Float(), nullable=True),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_by_name", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_by_name", sa.String(length=120), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_calibration_run_job_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration_run")),
    )
    with op.batch_alter_table("calibration_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calibration_run_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_calibration_run_status"), ["status"], unique=False)

    op.create_table(
        "form_item",
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=8), nullable=False),
        sa.Column("item_code", sa.String(length=32), nullable=False),
        sa.Column("item_version_id", sa.Uuid(), nullable=False),
        sa.Column("module_code", sa.String(length=16), nullable=False),
        sa.Column("cognitive_level", sa.String(length=8), nullable=False),
        sa.Column("view", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["form_id"], ["form.id"], name=op.f("fk_form_item_form_id")),
        sa.PrimaryKeyConstraint("form_id", "position", name=op.f("pk_form_item")),
        sa.UniqueConstraint("form_id", "ref", name=op.f("uq_form_item_form_id_ref")),
    )
    op.create_table(
        "form_key",
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=8), nullable=False),
        sa.Column("interaction", sa.String(length=32), nullable=False),
        sa.Column("correct", sa.JSON(), nullable=False),
        sa.Column("points", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["form_id"], ["form.id"], name=op.f("fk_form_key_form_id")),
        sa.PrimaryKeyConstraint("form_id", "ref", name=op.f("pk_form_key")),
    )
    op.create_table(
        "login_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("csrf_token", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("registration_id", sa.Uuid(), nullable=True),
        sa.Column("display_name", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["staff_user.id"], name=op.f("fk_login_session_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_session")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_login_session_token_digest")),
    )
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_session_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_login_session_registration_id"), ["registration_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_login_session_user_id"), ["user_id"], unique=False)

    op.create_table(
        "marked_attempt",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("raw", sa.String(length=16), nullable=False),
        sa.Column("max_points", sa.String(length=16), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("answers_hash", sa.String(length=64), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["form_id"], ["form.id"], name=op.f("fk_marked_attempt_form_id")),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_marked_attempt")),
    )
    with op.batch_alter_table("marked_attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_marked_attempt_form_id"), ["form_id"], unique=False)

    op.create_table(
        "room",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("centre_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("seat_count", sa.Integer(), nullable=False),
        sa.Column("row_width", sa.Integer(), nullable=True),
        sa.CheckConstraint("seat_count > 0", name=op.f("ck_room_has_seats")),
        sa.ForeignKeyConstraint(["centre_id"], ["test_centre.id"], name=op.f("fk_room_centre_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room")),
        sa.UniqueConstraint("centre_id", "name", name=op.f("uq_room_centre_id_name")),
    )
    with op.batch_alter_table("room", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_room_centre_id"), ["centre_id"], unique=False)

    op.create_table(
        "syllabus_module",
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("framework_code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("standard_level", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["framework_code"], ["framework.code"], name=op.f("fk_syllabus_module_framework_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_syllabus_module")),
    )
    with op.batch_alter_table("syllabus_module", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_syllabus_module_framework_code"), ["framework_code"], unique=False)

    op.create_table(
        "blueprint_cell",
        sa.Column("blueprint_id", sa.Uuid(), nullable=False),
        sa.Column("module_code", sa.String(length=16), nullable=False),
        sa.Column("cognitive_level", sa.String(length=4), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["blueprint_id"], ["blueprint.id"], name=op.f("fk_blueprint_cell_blueprint_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["module_code"], ["syllabus_module.code"], name=op.f("fk_blueprint_cell_module_code")),
        sa.PrimaryKeyConstraint("blueprint_id", "module_code", "cognitive_level", name=op.f("pk_blueprint_cell")),
    )
    op.create_table(
        "calibration_choices",
        sa.Column("calibration_id", sa.Uuid(), nullable=False),
        sa.Column("chosen", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["calibration_id"],
            ["calibration_run.id"],
            name=op.f("fk_calibration_choices_calibration_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("calibration_id", name=op.f("pk_calibration_choices")),
    )
    op.create_table(
        "sitting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("administration_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("grace_seconds", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("access_code", sa.String(length=16), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("opens_at < closes_at", name=op.f("ck_sitting_opens_before_it_closes")),
        sa.ForeignKeyConstraint(
            ["administration_id"], ["administration.id"], name=op.f("fk_sitting_administration_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sitting")),
        sa.UniqueConstraint("access_code", name=op.f("uq_sitting_access_code")),
    )
    with op.batch_alter_table("sitting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sitting_administration_id"), ["administration_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sitting_opens_at"), ["opens_at"], unique=False)

    op.create_table(
        "syllabus_section",
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("module_code", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["module_code"], ["syllabus_module.code"], name=op.f("fk_syllabus_section_module_code")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_syllabus_section")),
    )
    with op.batch_alter_table("syllabus_section", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_syllabus_section_module_code"), ["module_code"], unique=False)

    op.create_table(
        "candidate_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("has_errors", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_candidate_import_sitting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate_import")),
    )
    with op.batch_alter_table("candidate_import", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_candidate_import_sitting_id"), ["sitting_id"], unique=False)

    op.create_table(
        "item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("module_code", sa.String(length=16), nullable=False),
        sa.Column("section_code", sa.String(length=24), nullable=True),
        sa.Column("reference_code", sa.String(length=32), nullable=False),
        sa.Column("cognitive_level", sa.String(length=4), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("stem_text", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("stem_digest", sa.String(length=64), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("author_name", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["module_code"], ["syllabus_module.code"], name=op.f("fk_item_module_code")),
        sa.ForeignKeyConstraint(["section_code"], ["syllabus_section.code"], name=op.f("fk_item_section_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
        sa.UniqueConstraint("code", name=op.f("uq_item_code")),
    )
    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_item_cognitive_level"), ["cognitive_level"], unique=False)
        batch_op.create_index(batch_op.f("ix_item_module_code"), ["module_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_item_status"), ["status"], unique=False)
        batch_op.create_index(batch_op.f("ix_item_stem_digest"), ["stem_digest"], unique=False)
        batch_op.create_index(batch_op.f("ix_item_updated_at"), ["updated_at"], unique=False)

    op.create_table(
        "registration",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("administration_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("extra_minutes", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("candidate_number", sa.String(length=32), nullable=True),
        sa.Column("room_id", sa.Uuid(), nullable=True),
        sa.Column("seat_number", sa.Integer(), nullable=True),
        sa.Column("form_id", sa.Uuid(), nullable=True),
        sa.Column("variant", sa.Integer(), nullable=True),
        sa.CheckConstraint("extra_minutes >= 0", name=op.f("ck_registration_no_negative_extra_time")),
        sa.ForeignKeyConstraint(
            ["administration_id"], ["administration.id"], name=op.f("fk_registration_administration_id")
        ),
        sa.ForeignKeyConstraint(["candidate_id"], ["candidate.id"], name=op.f("fk_registration_candidate_id")),
        sa.ForeignKeyConstraint(["form_id"], ["form.id"], name=op.f("fk_registration_form_id")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_registration_room_id")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_registration_sitting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
        sa.UniqueConstraint(
            "administration_id", "candidate_id", name=op.f("uq_registration_administration_id_candidate_id")
        ),
        sa.UniqueConstraint(
            "administration_id", "candidate_number", name=op.f("uq_registration_administration_id_candidate_number")
        ),
        sa.UniqueConstraint(
            "sitting_id", "room_id", "seat_number", name=op.f("uq_registration_sitting_id_room_id_seat_number")
        ),
    )
    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_registration_candidate_id"), ["candidate_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_registration_sitting_id"), ["sitting_id"], unique=False)

    op.create_table(
        "result_round",
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("rule_set", sa.JSON(), nullable=False),
        sa.Column("snapshot_hash", sa.String(length=64), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_by_name", sa.String(length=120), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_by_name", sa.String(length=120), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_number", sa.String(length=64), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("returned_by_name", sa.String(length=120), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_reason", sa.String(length=1000), nullable=True),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_result_round_sitting_id")),
        sa.PrimaryKeyConstraint("sitting_id", name=op.f("pk_result_round")),
    )
    op.create_table(
        "sealed_paper",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("variant", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["form_id"], ["form.id"], name=op.f("fk_sealed_paper_form_id")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_sealed_paper_sitting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_paper")),
        sa.UniqueConstraint(
            "sitting_id", "form_id", "variant", name=op.f("uq_sealed_paper_sitting_id_form_id_variant")
        ),
    )
    with op.batch_alter_table("sealed_paper", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sealed_paper_sitting_id"), ["sitting_id"], unique=False)

    op.create_table(
        "sitting_form",
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["form_id"], ["form.id"], name=op.f("fk_sitting_form_form_id")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_sitting_form_sitting_id")),
        sa.PrimaryKeyConstraint("sitting_id", "form_id", name=op.f("pk_sitting_form")),
    )
    op.create_table(
        "sitting_room",
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_sitting_room_room_id")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_sitting_room_sitting_id")),
        sa.PrimaryKeyConstraint("sitting_id", "room_id", name=op.f("pk_sitting_room")),
    )
    op.create_table(
        "attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("paper_id", sa.Uuid(), nullable=False),
        sa.Column("holder_session_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_ms", sa.BigInteger(), nullable=False),
        sa.Column("grace_ms", sa.BigInteger(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("chain_head", sa.String(length=64), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finish_kind", sa.String(length=16), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["form_id"], ["form.id"], name=op.f("fk_attempt_form_id")),
        sa.ForeignKeyConstraint(["paper_id"], ["sealed_paper.id"], name=op.f("fk_attempt_paper_id")),
        sa.ForeignKeyConstraint(["registration_id"], ["registration.id"], name=op.f("fk_attempt_registration_id")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_attempt_sitting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        sa.UniqueConstraint("registration_id", name=op.f("uq_attempt_registration_id")),
    )
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attempt_sitting_id"), ["sitting_id"], unique=False)

    op.create_table(
        "certificate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("status_index", sa.Integer(), nullable=False),
        sa.Column("kid", sa.String(length=8), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("sitting_name", sa.String(length=200), nullable=False),
        sa.Column("standard_level", sa.String(length=16), nullable=False),
        sa.Column("register_year", sa.Integer(), nullable=False),
        sa.Column("register_sequence", sa.Integer(), nullable=False),
        sa.Column("register_number", sa.String(length=64), nullable=False),
        sa.Column("serial_number", sa.String(length=24), nullable=False),
        sa.Column("holder_name", sa.String(length=120), nullable=False),
        sa.Column("search_key", sa.String(length=160), nullable=False),
        sa.Column("birth_date", sa.String(length=10), nullable=False),
        sa.Column("birth_place", sa.String(length=200), nullable=False),
        sa.Column("sex", sa.String(length=8), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("replaced_by", sa.Uuid(), nullable=True),
        sa.Column("printed", sa.JSON(), nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=True),
        sa.CheckConstraint("status IN ('valid', 'revoked', 'superseded')", name=op.f("ck_certificate_status_is_known")),
        sa.ForeignKeyConstraint(["authority_id"], ["issuing_authority.id"], name=op.f("fk_certificate_authority_id")),
        sa.ForeignKeyConstraint(["kid"], ["certificate_key.kid"], name=op.f("fk_certificate_kid")),
        sa.ForeignKeyConstraint(["registration_id"], ["registration.id"], name=op.f("fk_certificate_registration_id")),
        sa.ForeignKeyConstraint(["replaced_by"], ["certificate.id"], name=op.f("fk_certificate_replaced_by")),
        sa.ForeignKeyConstraint(["serial_number"], ["blank.serial_number"], name=op.f("fk_certificate_serial_number")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_certificate_sitting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("public_id", name=op.f("uq_certificate_public_id")),
        sa.UniqueConstraint("register_number", name=op.f("uq_certificate_register_number")),
        sa.UniqueConstraint("serial_number", name=op.f("uq_certificate_serial_number")),
        sa.UniqueConstraint(
            "standard_level",
            "register_year",
            "register_sequence",
            name=op.f("uq_certificate_standard_level_register_year_register_sequence"),
        ),
        sa.UniqueConstraint("status_index", name=op.f("uq_certificate_status_index")),
    )
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certificate_issued_on"), ["issued_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_certificate_search_key"), ["search_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_certificate_sitting_id"), ["sitting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_certificate_status"), ["status"], unique=False)
        batch_op.create_index(
            "uq_certificate_registration_id_in_force",
            ["registration_id"],
            unique=True,
            sqlite_where=sa.text("status <> 'superseded'"),
            postgresql_where=sa.text("status <> 'superseded'"),
        )

    op.create_table(
        "instruction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_name", sa.String(length=120), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["registration_id"], ["registration.id"], name=op.f("fk_instruction_registration_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instruction")),
    )
    with op.batch_alter_table("instruction", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_instruction_registration_id"), ["registration_id"], unique=False)

    op.create_table(
        "item_parameters",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("calibration_id", sa.Uuid(), nullable=False),
        sa.Column("a", sa.Float(), nullable=False),
        sa.Column("b", sa.Float(), nullable=False),
        sa.Column("se_a", sa.Float(), nullable=False),
        sa.Column("se_b", sa.Float(), nullable=False),
        sa.Column("p", sa.Float(), nullable=False),
        sa.Column("item_rest", sa.Float(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("is_simulated", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_parameters_item_id")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_item_parameters")),
    )
    with op.batch_alter_table("item_parameters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_item_parameters_calibration_id"), ["calibration_id"], unique=False)

    op.create_table(
        "item_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("module_code", sa.String(length=16), nullable=False),
        sa.Column("reference_code", sa.String(length=32), nullable=False),
        sa.Column("cognitive_level", sa.String(length=4), nullable=False),
        sa.Column("points", sa.String(length=12), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("author_name", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_version_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_version")),
        sa.UniqueConstraint("item_id", "version_number", name=op.f("uq_item_version_item_id_version_number")),
    )
    with op.batch_alter_table("item_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_item_version_item_id"), ["item_id"], unique=False)

    op.create_table(
        "proctor_assignment",
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sitting_id", "room_id"],
            ["sitting_room.sitting_id", "sitting_room.room_id"],
            name=op.f("fk_proctor_assignment_sitting_id_room_id"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["staff_user.id"], name=op.f("fk_proctor_assignment_user_id")),
        sa.PrimaryKeyConstraint("sitting_id", "room_id", "user_id", name=op.f("pk_proctor_assignment")),
    )
    with op.batch_alter_table("proctor_assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proctor_assignment_user_id"), ["user_id"], unique=False)

    op.create_table(
        "result",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("candidate_number", sa.String(length=32), nullable=False),
        sa.Column("full_name", sa.String(length=120), nullable=False),
        sa.Column("birth_date", sa.String(length=10), nullable=False),
        sa.Column("sex", sa.String(length=8), nullable=False),
        sa.Column("birth_place", sa.String(length=200), nullable=False),
        sa.Column("identity_number_masked", sa.String(length=16), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("form_code", sa.String(length=16), nullable=True),
        sa.Column("attempt_id", sa.Uuid(), nullable=True),
        sa.Column("raw", sa.String(length=16), nullable=True),
        sa.Column("max_points", sa.String(length=16), nullable=True),
        sa.Column("mark", sa.String(length=8), nullable=True),
        sa.Column("marks_by_paper", sa.JSON(), nullable=False),
        sa.Column("decision", sa.String(length=8), nullable=False),
        sa.Column("finish_kind", sa.String(length=16), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(decision = 'absent') = (mark IS NULL)", name=op.f("ck_result_absent_has_no_mark")),
        sa.ForeignKeyConstraint(["registration_id"], ["registration.id"], name=op.f("fk_result_registration_id")),
        sa.ForeignKeyConstraint(["sitting_id"], ["result_round.sitting_id"], name=op.f("fk_result_sitting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result")),
        sa.UniqueConstraint("registration_id", name=op.f("uq_result_registration_id")),
    )
    with op.batch_alter_table("result", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_result_sitting_id"), ["sitting_id"], unique=False)

    op.create_table(
        "seat",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("login_session_id", sa.Uuid(), nullable=False),
        sa.Column("logged_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reported_fault", sa.String(length=500), nullable=True),
        sa.Column("unlocked_session_id", sa.Uuid(), nullable=True),
        sa.Column("unlocked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unlocked_by_name", sa.String(length=120), nullable=True),
        sa.ForeignKeyConstraint(["registration_id"], ["registration.id"], name=op.f("fk_seat_registration_id")),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_seat")),
    )
    op.create_table(
        "assembled_item",
        sa.Column("assembly_id", sa.Uuid(), nullable=False),
        sa.Column("form_number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("item_version_id", sa.Uuid(), nullable=False),
        sa.Column("module_code", sa.String(length=16), nullable=False),
        sa.Column("cognitive_level", sa.String(length=4), nullable=False),
        sa.Column("a", sa.Float(), nullable=False),
        sa.Column("b", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assembly_id"], ["assembly.id"], name=op.f("fk_assembled_item_assembly_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_assembled_item_item_id")),
        sa.ForeignKeyConstraint(
            ["item_version_id"], ["item_version.id"], name=op.f("fk_assembled_item_item_version_id")
        ),
        sa.PrimaryKeyConstraint("assembly_id", "form_number", "position", name=op.f("pk_assembled_item")),
    )
    with op.batch_alter_table("assembled_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assembled_item_item_id"), ["item_id"], unique=False)

    op.create_table(
        "bank_key",
        sa.Column("item_version_id", sa.Uuid(), nullable=False),
        sa.Column("correct", sa.JSON(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_version_id"], ["item_version.id"], name=op.f("fk_bank_key_item_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_version_id", name=op.f("pk_bank_key")),
    )
    op.create_table(
        "calibration_item",
        sa.Column("calibration_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("item_version_id", sa.Uuid(), nullable=False),
        sa.Column("excluded_reason", sa.String(length=32), nullable=True),
        sa.Column("a", sa.Float(), nullable=True),
        sa.Column("se_a", sa.Float(), nullable=True),
        sa.Column("b", sa.Float(), nullable=True),
        sa.Column("se_b", sa.Float(), nullable=True),
        sa.Column("p", sa.Float(), nullable=True),
        sa.Column("item_rest", sa.Float(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("empirical", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["calibration_id"],
            ["calibration_run.id"],
            name=op.f("fk_calibration_item_calibration_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_calibration_item_item_id")),
        sa.ForeignKeyConstraint(
            ["item_version_id"], ["item_version.id"], name=op.f("fk_calibration_item_item_version_id")
        ),
        sa.PrimaryKeyConstraint("calibration_id", "position", name=op.f("pk_calibration_item")),
    )
    with op.batch_alter_table("calibration_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calibration_item_item_id"), ["item_id"], unique=False)

    op.create_table(
        "item_approval",
        sa.Column("item_version_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=False),
        sa.Column("approved_by_name", sa.String(length=120), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("approved_by <> author_id", name=op.f("ck_item_approval_second_person")),
        sa.ForeignKeyConstraint(
            ["item_version_id"], ["item_version.id"], name=op.f("fk_item_approval_item_version_id")
        ),
        sa.PrimaryKeyConstraint("item_version_id", name=op.f("pk_item_approval")),
    )
    op.create_table(
        "journal_entry",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("item_ref", sa.String(length=8), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_journal_entry_attempt_id")),
        sa.PrimaryKeyConstraint("attempt_id", "seq", name=op.f("pk_journal_entry")),
    )
    op.create_table(
        "journal_refusal",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_journal_refusal_attempt_id")),
        sa.PrimaryKeyConstraint("attempt_id", "seq", "hash", "reason", name=op.f("pk_journal_refusal")),
    )
    op.create_table(
        "register_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.Column("decision_number", sa.String(length=64), nullable=False),
        sa.Column("decision_date", sa.Date(), nullable=False),
        sa.Column("reason_code", sa.String(length=32), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["certificate_id"], ["certificate.id"], name=op.f("fk_register_event_certificate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_event")),
    )
    with op.batch_alter_table("register_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_register_event_certificate_id"), ["certificate_id"], unique=False)

    # The end of the audit chain before its first entry; every entry locks and moves this one row.
    op.execute(
        sa.table("audit_head", sa.column("id"), sa.column("seq"), sa.column("hash"))
        .insert()
        .values(id=1, seq=0, hash="0" * 64)
    )


def downgrade() -> None:
    with op.batch_alter_table("register_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_register_event_certificate_id"))

    op.drop_table("register_event")
    op.drop_table("journal_refusal")
    op.drop_table("journal_entry")
    op.drop_table("item_approval")
    with op.batch_alter_table("calibration_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calibration_item_item_id"))

    op.drop_table("calibration_item")
    op.drop_table("bank_key")
    with op.batch_alter_table("assembled_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assembled_item_item_id"))

    op.drop_table("assembled_item")
    op.drop_table("seat")
    with op.batch_alter_table("result", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_result_sitting_id"))

    op.drop_table("result")
    with op.batch_alter_table("proctor_assignment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proctor_assignment_user_id"))

    op.drop_table("proctor_assignment")
    with op.batch_alter_table("item_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_item_version_item_id"))

    op.drop_table("item_version")
    with op.batch_alter_table("item_parameters", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_item_parameters_calibration_id"))

    op.drop_table("item_parameters")
    with op.batch_alter_table("instruction", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_instruction_registration_id"))

    op.drop_table("instruction")
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_certificate_registration_id_in_force",
            sqlite_where=sa.text("status <> 'superseded'"),
            postgresql_where=sa.text("status <> 'superseded'"),
        )
        batch_op.drop_index(batch_op.f("ix_certificate_status"))
        batch_op.drop_index(batch_op.f("ix_certificate_sitting_id"))
        batch_op.drop_index(batch_op.f("ix_certificate_search_key"))
        batch_op.drop_index(batch_op.f("ix_certificate_issued_on"))

    op.drop_table("certificate")
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attempt_sitting_id"))

    op.drop_table("attempt")
    op.drop_table("sitting_room")
    op.drop_table("sitting_form")
    with op.batch_alter_table("sealed_paper", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sealed_paper_sitting_id"))

    op.drop_table("sealed_paper")
    op.drop_table("result_round")
    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_registration_sitting_id"))
        batch_op.drop_index(batch_op.f("ix_registration_candidate_id"))

    op.drop_table("registration")
    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_item_updated_at"))
        batch_op.drop_index(batch_op.f("ix_item_stem_digest"))
        batch_op.drop_index(batch_op.f("ix_item_status"))
        batch_op.drop_index(batch_op.f("ix_item_module_code"))
        batch_op.drop_index(batch_op.f("ix_item_cognitive_level"))

    op.drop_table("item")
    with op.batch_alter_table("candidate_import", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_candidate_import_sitting_id"))

    op.drop_table("candidate_import")
    with op.batch_alter_table("syllabus_section", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_syllabus_section_module_code"))

    op.drop_table("syllabus_section")
    with op.batch_alter_table("sitting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sitting_opens_at"))
        batch_op.drop_index(batch_op.f("ix_sitting_administration_id"))

    op.drop_table("sitting")
    op.drop_table("calibration_choices")
    op.drop_table("blueprint_cell")
    with op.batch_alter_table("syllabus_module", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_syllabus_module_framework_code"))

    op.drop_table("syllabus_module")
    with op.batch_alter_table("room", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_room_centre_id"))

    op.drop_table("room")
    with op.batch_alter_table("marked_attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_marked_attempt_form_id"))

    op.drop_table("marked_attempt")
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_login_session_user_id"))
        batch_op.drop_index(batch_op.f("ix_login_session_registration_id"))
        batch_op.drop_index(batch_op.f("ix_login_session_expires_at"))

    op.drop_table("login_session")
    op.drop_table("form_key")
    op.drop_table("form_item")
    with op.batch_alter_table("calibration_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calibration_run_status"))
        batch_op.drop_index(batch_op.f("ix_calibration_run_created_at"))

    op.drop_table("calibration_run")
    with op.batch_alter_table("blank", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_blank_status"))
        batch_op.drop_index(batch_op.f("ix_blank_range_id"))

    op.drop_table("blank")
    with op.batch_alter_table("assembly", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assembly_created_at"))
        batch_op.drop_index(batch_op.f("ix_assembly_blueprint_id"))

    op.drop_table("assembly")
    with op.batch_alter_table("administration", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_administration_exam_id"))

    op.drop_table("administration")
    op.drop_table("test_centre")
    op.drop_table("staff_user")
    with op.batch_alter_table("rule_set", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rule_set_standard_level"))

    op.drop_table("rule_set")
    op.drop_table("register_series")
    with op.batch_alter_table("login_failure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_login_failure_subject"))
        batch_op.drop_index(batch_op.f("ix_login_failure_at"))

    op.drop_table("login_failure")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_status"))
        batch_op.drop_index(batch_op.f("ix_job_created_at"))

    op.drop_table("job")
    with op.batch_alter_table("item_import", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_item_import_created_by"))
        batch_op.drop_index(batch_op.f("ix_item_import_created_at"))

    op.drop_table("item_import")
    op.drop_table("issuing_authority")
    op.drop_table("framework")
    with op.batch_alter_table("form", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_form_published_at"))
        batch_op.drop_index(batch_op.f("ix_form_form_code"))

    op.drop_table("form")
    op.drop_table("exam")
    op.drop_table("certificate_key")
    op.drop_table("candidate")
    op.drop_table("blueprint")
    with op.batch_alter_table("blank_range", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_blank_range_standard_level"))

    op.drop_table("blank_range")
    op.drop_table("audit_head")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entry_object_id"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_at"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_actor_id"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_action"))

    op.drop_table("audit_entry")
