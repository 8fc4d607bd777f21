"""What goes wrong with files and with ffmpeg."""

import shlex
from collections.abc import Sequence


class MediaError(Exception):
    """A file is not what it should be; the message is one plain sentence that names no path."""


class LayerError(MediaError):
    """What lies over a picture cannot be drawn; the message goes on after `this text` or `this image`."""

    def __init__(self, code: str, message: str, advice: str) -> None:
        self.code = code
        self.advice = advice
        super().__init__(message)


class CancelledError(Exception):
    """The caller's event was set; nothing stands under the final name."""


class FfmpegError(Exception):
    """A run of ffmpeg failed; carries all that a person needs to try it again by hand."""

    def __init__(self, command: Sequence[str], code: int | None, tail: str) -> None:
        self.command = tuple(command)
        self.code = code
        """The exit code, or None where the time limit ended the run."""
        self.tail = tail
        """The last lines that ffmpeg wrote."""
        last = tail.strip().splitlines()[-1:] or ["it said nothing"]
        how = "ran out of time" if code is None else f"failed with exit code {code}"
        super().__init__(f"ffmpeg {how}: {last[0]}")

    @property
    def shell(self) -> str:
        """Return the command as one line for a shell."""
        return shlex.join(self.command)
