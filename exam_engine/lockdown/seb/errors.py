"""Why a file of Safe Exam Browser cannot be read."""


class SebFileError(Exception):
    """A file of settings cannot be read."""


class DamagedFileError(SebFileError):
    """It is no file of settings, or not a whole one."""


class TooLargeFileError(SebFileError):
    """It is, or unpacks to, more than any settings need."""


class PasswordNeededError(SebFileError):
    """It is encrypted with a password, and none was given."""


class WrongPasswordError(SebFileError):
    """It is encrypted with another password, or was changed."""


class CertificateNeededError(SebFileError):
    """It is encrypted for a certificate, whose private key only the computers of a centre have."""


class UnhashableSettingsError(SebFileError):
    """A value has no one form in the text that keys are made from, so no key can be given."""
