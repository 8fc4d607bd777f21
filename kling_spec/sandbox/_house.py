"""Which of the providers a call is for, and the sandbox's own few addresses."""

from collections.abc import Sequence
from pathlib import Path

from kling_spec.sandbox._desk import Desk
from kling_spec.sandbox._personality import Personality
from kling_spec.sandbox._wire import Answer, Call, RefusedError

_WELCOME = """\
This is the kling-spec sandbox: a stand-in for paid video providers, on this machine only.
Nothing that is sent here costs anything or leaves the machine; the clips are placeholders.

  kling       POST /v1/videos/omni-video        GET /v1/videos/omni-video/ID
              POST /v1/general/advanced-custom-elements
  kling-2026  POST /omni-video/kling-3.0-omni   GET /tasks?task_ids=ID
  hiapi       POST /v1/tasks                    GET /v1/tasks/ID
              GET /api/pricing                  (figures invented for rehearsal)
  runware     POST /v1                          (an array of tasks)
  apimodels   POST /api/v1/video/generations    GET /api/v1/video/generations?task_id=ID
              POST /api/v1/files                GET /api/v1/models

  PUT /files/NAME  keeps a file, and GET serves it: a store for media that go by address only
  GET /book        what would have been charged, and how often was asked

Any key is good. What a prompt asks for:

  [sandbox:fail]    the job is accepted and ends as failed
  [sandbox:refuse]  the content policy does not let it through
  [sandbox:broke]   the account has nothing left to pay with
  [sandbox:busy]    too much at once, two times, and then accepted
  [sandbox:down]    out of service, two times, and then accepted
  [sandbox:cash]    a bill in money where there are units as well (kling-2026)
  [sandbox:processing]  the key is in the works still, two times (hiapi)

What is to go wrong on the way: kling-spec sandbox --fault list
"""
_READ = ("GET", "HEAD")


class House:
    """Takes every call and always has an answer; nothing that a caller sends raises."""

    def __init__(self, desk: Desk, personalities: Sequence[Personality]) -> None:
        self._desk = desk
        self._rooms = sorted(
            ((path, who) for who in personalities for path in who.paths),
            key=lambda room: -len(room[0]),
        )

    def answer(self, call: Call) -> Answer:
        """Answer a call in the words of the provider that it is for."""
        who = self.who(call.path)
        try:
            return self._own(call) if who is None else who.answer(call)
        except RefusedError as refusal:
            return refusal.answer
        except Exception as error:  # noqa: BLE001 - a provider answers a bug of its own with a 500 as well
            return self.trouble(call.path, 500, f"the sandbox failed: {type(error).__name__}")

    def draft(self, method: str, path: str) -> Path | None:
        """Return where a file is written to while it comes in; None for all that is read into memory."""
        is_put = method == "PUT" and path.startswith("/files/")
        return self._desk.uploads.draft() if is_put else None

    def trouble(self, path: str, status: int, message: str) -> Answer:
        """Return the error body of whoever lives at a path."""
        who = self.who(path)
        return Answer(status=status, text=f"{message}\n") if who is None else who.trouble(status, message)

    def who(self, path: str) -> Personality | None:
        """Return the provider that lives at a path; None for the house's own."""
        for start, who in self._rooms:
            if path == start or path.startswith(f"{start}/"):
                return who
        return None

    def _own(self, call: Call) -> Answer:
        folder, _, name = call.path.removeprefix("/").partition("/")
        if folder == "files":
            return self._file(call.method, name, call.file)
        if call.method not in _READ:
            return _not_allowed(call.method, _READ)
        if call.path == "/":
            return Answer(text=_WELCOME)
        if call.path == "/book":
            return Answer(body=self._desk.book.read().to_json())
        if folder == "clips" and name.endswith(".mp4"):
            return self._clip(name.removesuffix(".mp4"))
        return Answer(status=404, text="there is nothing here\n")

    def _file(self, method: str, name: str, draft: Path | None) -> Answer:
        if method == "PUT" and draft is not None:
            is_kept = self._desk.uploads.put(name, draft)
            return Answer(status=201 if is_kept else 400, text="" if is_kept else "no such name can be\n")
        if method not in _READ:
            return _not_allowed(method, (*_READ, "PUT"))
        file = self._desk.uploads.file(name)
        if file is None:
            return Answer(status=404, text="there is no such file\n")
        return Answer(file=file, content_type=_content_type(name))

    def _clip(self, clip_id: str) -> Answer:
        found = self._desk.clip_file(clip_id)
        if found is None:
            return Answer(status=404, text="there is no such clip\n")
        job, file = found
        self._desk.book.count(job.order.provider, "fetch")
        return Answer(file=file, content_type="video/mp4")


def _not_allowed(method: str, allowed: Sequence[str]) -> Answer:
    return Answer(status=405, text=f"{method} is not allowed here\n", headers={"Allow": ", ".join(allowed)})


def _content_type(name: str) -> str:
    import mimetypes

    return mimetypes.guess_type(name)[0] or "application/octet-stream"
