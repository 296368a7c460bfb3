"""Incident reports with attachments, violations, the minutes of rooms, and what violations took off a result."""

import sqlalchemy as sa
from alembic import op

revision = "202611231320"
down_revision = "202611231310"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "incident",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=True),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("description", sa.String(length=2000), nullable=False),
        sa.Column("measures", sa.String(length=1000), nullable=False),
        sa.Column("witnesses", sa.String(length=300), nullable=False),
        sa.Column("corrects", sa.Uuid(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reported_by", sa.Uuid(), nullable=False),
        sa.Column("reported_by_name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name=op.f("fk_incident_registration_id_registration")
        ),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_incident_room_id_room")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_incident_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sa.UniqueConstraint("corrects", name=op.f("uq_incident_corrects")),
    )
    op.create_index(op.f("ix_incident_registration_id"), "incident", ["registration_id"])
    op.create_index(op.f("ix_incident_sitting_id"), "incident", ["sitting_id"])
    op.create_table(
        "incident_attachment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("content_type", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_incident_attachment_incident_id_incident")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_attachment")),
        sa.UniqueConstraint("incident_id", "sha256", name=op.f("uq_incident_attachment_incident_id_sha256")),
    )
    op.create_index(op.f("ix_incident_attachment_incident_id"), "incident_attachment", ["incident_id"])
    op.create_table(
        "violation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.Column("rule_set_code", sa.String(length=48), nullable=False),
        sa.Column("ladder", sa.JSON(), nullable=False),
        sa.Column("step", sa.String(length=24), nullable=False),
        sa.Column("statement", sa.String(length=2000), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_by_name", sa.String(length=120), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=True),
        sa.Column("decision_note", sa.String(length=500), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=120), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_name", sa.String(length=120), nullable=True),
        sa.Column("withdrawal_reason", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_violation_incident_id_incident")),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name=op.f("fk_violation_registration_id_registration")
        ),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_violation_room_id_room")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_violation_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_violation")),
    )
    op.create_index(op.f("ix_violation_registration_id"), "violation", ["registration_id"])
    op.create_index(op.f("ix_violation_sitting_id"), "violation", ["sitting_id"])
    op.create_table(
        "room_minutes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("remarks", sa.String(length=4000), nullable=False),
        sa.Column("content", sa.JSON(), nullable=True),
        sa.Column("content_sha256", sa.String(length=64), nullable=True),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pdf", sa.LargeBinary(), nullable=True),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=True),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened_by_name", sa.String(length=120), nullable=True),
        sa.Column("reopening_reason", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_room_minutes_room_id_room")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_room_minutes_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_minutes")),
        sa.UniqueConstraint(
            "sitting_id", "room_id", "version", name=op.f("uq_room_minutes_sitting_id_room_id_version")
        ),
    )
    op.create_index(op.f("ix_room_minutes_sitting_id"), "room_minutes", ["sitting_id"])
    op.create_table(
        "minutes_signature",
        sa.Column("minutes_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("signer_name", sa.String(length=120), nullable=False),
        sa.Column("strokes", sa.JSON(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["minutes_id"], ["room_minutes.id"], name=op.f("fk_minutes_signature_minutes_id_room_minutes")
        ),
        sa.PrimaryKeyConstraint("minutes_id", "user_id", name=op.f("pk_minutes_signature")),
    )
    op.create_table(
        "minutes_addendum",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("minutes_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_by_name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["minutes_id"], ["room_minutes.id"], name=op.f("fk_minutes_addendum_minutes_id_room_minutes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_addendum")),
    )
    op.create_index(op.f("ix_minutes_addendum_minutes_id"), "minutes_addendum", ["minutes_id"])
    with op.batch_alter_table("result") as table:
        table.add_column(sa.Column("penalty", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("result") as table:
        table.drop_column("penalty")
    op.drop_table("minutes_addendum")
    op.drop_table("minutes_signature")
    op.drop_table("room_minutes")
    op.drop_table("violation")
    op.drop_table("incident_attachment")
    op.drop_table("incident")
