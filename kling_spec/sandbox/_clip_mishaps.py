"""What can happen to a clip on its way, and to the address that it is fetched from."""

from dataclasses import replace
from threading import Lock
from urllib.parse import urlsplit

from kling_spec.sandbox._job import Job
from kling_spec.sandbox._kinds import Purpose
from kling_spec.sandbox._limits import MEGABYTE
from kling_spec.sandbox._mishaps import Mishaps
from kling_spec.sandbox._wire import Answer

_TRAP = "/private/"
_PAGE = "<html><head><title>Sign in</title></head><body><h1>Your session has expired</h1></body></html>\n"


class ClipMishaps:
    """The faults of the file serving; safe to use from many threads."""

    def __init__(self, mishaps: Mishaps, url: str) -> None:
        self._mishaps = mishaps
        self._port = urlsplit(url).port
        self._lock = Lock()
        self._expired: dict[str, bool] = {}
        """By job, once its clip was asked for: whether the address is still the old one."""

    def struck(self, answer: Answer, purpose: Purpose) -> Answer:
        """Return what comes of a clip that is served."""
        if answer.file is None:
            return answer
        job, subject = next(iter(purpose.jobs), None), purpose.subject
        expired = None if job is None else self._mishaps.marks("expired-link", job)
        if expired and job and self._is_old(job) and self._mishaps.hits("expired-link", job):
            return Answer(status=int(expired.value), text="this address has expired\n")
        if self._mishaps.strikes("redirect-private", subject, "clip"):
            # another name of this very server: whoever follows comes here, and nobody else is troubled
            place = f"http://localhost:{self._port}{_TRAP}{answer.file.name}"
            return Answer(status=302, text="", headers={"Location": place})
        if self._mishaps.strikes("html-clip", subject, "clip"):
            return Answer(text=_PAGE, content_type="video/mp4")
        manner = answer.manner
        if self._mishaps.strikes("short-clip", subject, "clip"):
            manner = replace(manner, there=2 / 3)
        if big := self._mishaps.strikes("big-clip", subject, "clip"):
            manner = replace(manner, padding=int(big.value) * MEGABYTE)
        return replace(answer, manner=manner)

    def renew(self, job: Job) -> None:
        """Note that a task was asked for, which makes a new address of an expired one."""
        with self._lock:
            if job.id in self._expired:
                self._expired[job.id] = False

    def is_followed(self, path: str) -> bool:
        """Whether a call follows an address that it should not have followed, and count it."""
        if not path.startswith(_TRAP):
            return False
        self._mishaps.note("redirect-private followed")
        return True

    def _is_old(self, job: Job) -> bool:
        with self._lock:
            return self._expired.setdefault(job.id, True)
