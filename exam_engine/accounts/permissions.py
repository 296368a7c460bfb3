"""Roles and what each may do: the one table that every route is held against."""

from enum import StrEnum


class Role(StrEnum):
    """What a person is in this installation; one person may hold several roles."""

    ADMINISTRATOR = "administrator"
    ITEM_AUTHOR = "item_author"
    ITEM_REVIEWER = "item_reviewer"
    BOARD_MEMBER = "board_member"
    PROCTOR = "proctor"
    MARKER = "marker"
    CERTIFICATE_OFFICER = "certificate_officer"
    INSPECTOR = "inspector"
    SITE = "site"
    CANDIDATE = "candidate"


class Permission(StrEnum):
    """One thing that can be allowed; every route asks for exactly one or is declared public."""

    OWN_ACCOUNT = "account.own"
    USER_MANAGE = "user.manage"
    AUDIT_READ = "audit.read"
    JOB_READ = "job.read"
    SYLLABUS_READ = "syllabus.read"
    SYLLABUS_WRITE = "syllabus.write"
    ITEM_READ = "item.read"
    ITEM_WRITE = "item.write"
    ITEM_EXPORT = "item.export"
    ITEM_COMMENT = "item.comment"
    ITEM_ASSIGN = "item.assign"
    ITEM_APPROVE = "item.approve"
    ITEM_RELEASE = "item.release"
    ITEM_KEY_READ = "item_key.read"
    CHECKLIST_WRITE = "checklist.write"
    CALIBRATION_READ = "calibration.read"
    CALIBRATION_RUN = "calibration.run"
    CALIBRATION_APPROVE = "calibration.approve"
    BLUEPRINT_READ = "blueprint.read"
    BLUEPRINT_WRITE = "blueprint.write"
    ASSEMBLY_READ = "assembly.read"
    ASSEMBLY_RUN = "assembly.run"
    ASSEMBLY_APPROVE = "assembly.approve"
    ASSEMBLY_PUBLISH = "assembly.publish"
    FORM_READ = "form.read"
    SITTING_READ = "sitting.read"
    SITTING_WRITE = "sitting.write"
    SITTING_TIME = "sitting.time"
    SITTING_RECOVER = "sitting.recover"
    SITTING_LOG_READ = "sitting_log.read"
    SITTING_LOG_CLOSE = "sitting_log.close"
    SITE_DELEGATE = "site.delegate"
    SITE_SYNC = "site.sync"
    REGISTRATION_READ = "registration.read"
    REGISTRATION_WRITE = "registration.write"
    PROCTOR_ROOM = "proctoring.room"
    INCIDENT_READ = "incident.read"
    VIOLATION_DECIDE = "violation.decide"
    MINUTES_REOPEN = "minutes.reopen"
    ATTEMPT_TAKE = "attempt.take"
    WORK_READ = "work.read"
    SNAPSHOT_VIEW = "snapshot.view"
    RESULT_READ = "result.read"
    RESULT_PROPOSE = "result.propose"
    RESULT_APPROVE = "result.approve"
    FORENSICS_READ = "forensics.read"
    CERTIFICATE_READ = "certificate.read"
    CERTIFICATE_ISSUE = "certificate.issue"
    CERTIFICATE_REVOKE = "certificate.revoke"


P = Permission

_READ_ALL = frozenset(
    {
        P.AUDIT_READ,
        P.SYLLABUS_READ,
        P.ITEM_READ,
        P.CALIBRATION_READ,
        P.BLUEPRINT_READ,
        P.ASSEMBLY_READ,
        P.FORM_READ,
        P.SITTING_READ,
        P.SITTING_LOG_READ,
        P.INCIDENT_READ,
        P.REGISTRATION_READ,
        P.WORK_READ,
        P.RESULT_READ,
        P.CERTIFICATE_READ,
    }
)

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    # Administrators keep accounts; they see neither items nor keys nor results, so that no one person holds all.
    Role.ADMINISTRATOR: frozenset({P.OWN_ACCOUNT, P.USER_MANAGE, P.AUDIT_READ, P.JOB_READ}),
    Role.ITEM_AUTHOR: frozenset(
        {
            P.OWN_ACCOUNT,
            P.SYLLABUS_READ,
            P.ITEM_READ,
            P.ITEM_WRITE,
            P.ITEM_EXPORT,
            P.ITEM_COMMENT,
            P.ITEM_KEY_READ,
            P.JOB_READ,
        }
    ),
    Role.ITEM_REVIEWER: frozenset(
        {
            P.OWN_ACCOUNT,
            P.SYLLABUS_READ,
            P.ITEM_READ,
            P.ITEM_EXPORT,
            P.ITEM_COMMENT,
            P.ITEM_ASSIGN,
            P.ITEM_KEY_READ,
            P.ITEM_APPROVE,
            P.ITEM_RELEASE,
            P.JOB_READ,
        }
    ),
    Role.BOARD_MEMBER: frozenset(
        {
            P.OWN_ACCOUNT,
            P.JOB_READ,
            P.SYLLABUS_READ,
            P.SYLLABUS_WRITE,
            P.ITEM_READ,
            P.ITEM_EXPORT,
            P.ITEM_COMMENT,
            P.ITEM_ASSIGN,
            P.ITEM_RELEASE,
            P.CHECKLIST_WRITE,
            P.CALIBRATION_READ,
            P.CALIBRATION_RUN,
            P.CALIBRATION_APPROVE,
            P.BLUEPRINT_READ,
            P.BLUEPRINT_WRITE,
            P.ASSEMBLY_READ,
            P.ASSEMBLY_RUN,
            P.ASSEMBLY_APPROVE,
            P.ASSEMBLY_PUBLISH,
            P.FORM_READ,
            P.SITTING_READ,
            P.SITTING_WRITE,
            P.SITTING_TIME,
            P.SITTING_RECOVER,
            P.SITTING_LOG_READ,
            P.SITTING_LOG_CLOSE,
            P.SITE_DELEGATE,
            P.INCIDENT_READ,
            P.VIOLATION_DECIDE,
            P.MINUTES_REOPEN,
            P.REGISTRATION_READ,
            P.REGISTRATION_WRITE,
            P.WORK_READ,
            P.RESULT_READ,
            P.RESULT_PROPOSE,
            P.RESULT_APPROVE,
            # Nobody else: pictures of people and lists of oddities about them do harm in many hands.
            P.SNAPSHOT_VIEW,
            P.FORENSICS_READ,
            P.CERTIFICATE_READ,
        }
    ),
    Role.PROCTOR: frozenset({P.OWN_ACCOUNT, P.PROCTOR_ROOM}),
    Role.MARKER: frozenset({P.OWN_ACCOUNT, P.WORK_READ, P.RESULT_READ}),
    Role.CERTIFICATE_OFFICER: frozenset(
        {
            P.OWN_ACCOUNT,
            P.JOB_READ,
            P.RESULT_READ,
            P.CERTIFICATE_READ,
            P.CERTIFICATE_ISSUE,
            P.CERTIFICATE_REVOKE,
        }
    ),
    Role.INSPECTOR: frozenset({P.OWN_ACCOUNT, *_READ_ALL}),
    # A server at a test site; its account comes and goes with a delegation.
    Role.SITE: frozenset({P.SITE_SYNC}),
    Role.CANDIDATE: frozenset({P.ATTEMPT_TAKE}),
}

STAFF_ROLES = frozenset(Role) - {Role.CANDIDATE, Role.SITE}


def permissions_of(roles: frozenset[str]) -> frozenset[str]:
    """Return everything that the given roles together allow; unknown names allow nothing."""
    known = {role.value for role in Role}
    return frozenset(p.value for role in roles if role in known for p in PERMISSIONS[Role(role)])
