"""A project as it was at a git revision; the only user of git."""

from kling_spec.history._git import GitError, Repository, repository
from kling_spec.history._unpack import unpack

__all__ = ["GitError", "Repository", "repository", "unpack"]
