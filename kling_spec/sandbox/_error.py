"""What keeps a sandbox from starting."""

from kling_spec.diagnostics import ToldError


class SandboxError(ToldError):
    """The sandbox cannot start; the message names the file or folder and says what to do."""
