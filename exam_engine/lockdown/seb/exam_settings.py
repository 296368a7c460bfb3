"""The settings that a sitting's file holds; docs/safe-exam-browser.md says why each is as it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from exam_engine.lockdown.seb.reading import Settings

_FULL_SCREEN = 1
_START_AN_EXAM = 0
_BLOCK_ALL, _SAME_WINDOW = 0, 1
_ALLOW = 1


@dataclass(frozen=True, slots=True)
class ExamSettings:
    """What differs from sitting to sitting.

    ``allowed_addresses`` are expressions of the browser's filter, next to the server's own. ``takes_files`` lets
    starting files be saved and work be handed in. ``quit_password_sha256`` is None when nobody is asked for one.
    """

    start_url: str
    quit_url: str
    allowed_addresses: Sequence[str]
    quit_password_sha256: str | None
    exam_key_salt: bytes
    takes_files: bool


def settings_of(exam: ExamSettings) -> Settings:
    """Return the settings of a sitting's file; equal input gives an equal Config Key."""
    own = urlsplit(exam.start_url)
    addresses = (f"{own.scheme}://{own.netloc}/*", *exam.allowed_addresses)
    return {
        "sebConfigPurpose": _START_AN_EXAM,
        "startURL": exam.start_url,
        "sendBrowserExamKey": True,
        "examKeySalt": exam.exam_key_salt,
        # The way out.
        "quitURL": exam.quit_url,
        "quitURLConfirm": True,
        "allowQuit": True,
        "ignoreExitKeys": True,
        "hashedQuitPassword": exam.quit_password_sha256 or "",
        # No other settings while the exam is open.
        "allowPreferencesWindow": False,
        "allowReconfiguration": False,
        "examSessionReconfigureAllow": False,
        "downloadAndOpenSebConfig": False,
        # Where the browser may go.
        "URLFilterEnable": True,
        "URLFilterEnableContentFilter": False,
        "URLFilterRules": [
            {"action": _ALLOW, "active": True, "expression": address, "regex": False} for address in addresses
        ],
        "newBrowserWindowByLinkPolicy": _SAME_WINDOW,
        "newBrowserWindowByScriptPolicy": _BLOCK_ALL,
        "allowBrowsingBackForward": False,
        "allowDownUploads": exam.takes_files,
        "allowDownloads": exam.takes_files,
        "allowUploads": exam.takes_files,
        # Reloading is a remedy: answers are kept in the browser, and the page goes on where it was.
        "browserWindowAllowReload": True,
        "showReloadButton": True,
        "showReloadWarning": False,
        # The profile holds answers that have not arrived; the login goes, the answers stay.
        "removeBrowserProfile": False,
        "removeLocalStorage": False,
        "examSessionClearCookiesOnStart": True,
        "examSessionClearCookiesOnEnd": True,
        # What leaves the screen.
        "enablePrivateClipboard": True,
        "enablePrintScreen": False,
        "allowScreenSharing": False,
        "allowVirtualMachine": False,
        "allowDisplayMirroring": False,
        "allowedDisplaysMaxNumber": 1,
        "allowedDisplayBuiltin": False,
        "allowSwitchToApplications": False,
        "allowSiri": False,
        "allowDictation": False,
        "allowSpellCheck": False,
        "allowDictionaryLookup": False,
        "allowVideoCapture": False,
        "allowAudioCapture": False,
        "allowDeveloperConsole": False,
        "enableRightMouse": False,
        "enableF12": False,
        # What candidates need.
        "browserViewMode": _FULL_SCREEN,
        "enableZoomPage": True,
        "enableZoomText": True,
        "showTaskBar": True,
        "showTime": True,
        "showInputLanguage": True,
        "audioControlEnabled": True,
        "insideSebEnableEaseOfAccess": True,
    }
