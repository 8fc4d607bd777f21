"""What an account at Runware keeps: media by their UUIDs, and elements by the caller's own ids."""

from typing import Literal, Protocol

from kling_spec.sandbox._frame import Footage
from kling_spec.sandbox._known import Known

MediaKind = Literal["image", "video", "audio", "link"]


class Shelf(Protocol):
    """Where rules look up what a task only names."""

    @property
    def known(self) -> Known:
        """What the server holds, whoever it was that brought it there."""
        ...

    def kind(self, uuid: str) -> MediaKind | None:
        """Return what a UUID stands for: a link is media of another server, of which no more is known."""
        ...

    def picture(self, uuid_or_address: str) -> bytes | None:
        """Return the bytes of an image that is kept here."""
        ...

    def footage(self, uuid_or_address: str) -> Footage | None:
        """Return the measures of a video that is kept here."""
        ...

    def has_element(self, name: str) -> bool:
        """Whether an element of this id was made before."""
        ...
