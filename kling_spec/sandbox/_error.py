"""What keeps a sandbox from starting."""


class SandboxError(Exception):
    """The sandbox cannot start; the message names the file or folder and says what to do."""
