"""The kinds of files that are handed to editors."""

from enum import StrEnum
from typing import Self


class Form(StrEnum):
    """What kind of file a timeline is written as."""

    OTIO = "otio"
    """OpenTimelineIO's own JSON: the only one that holds everything, and that is read again."""
    FCP7 = "fcp7"
    """Final Cut Pro 7 XML."""
    EDL = "edl"
    """CMX 3600."""

    @classmethod
    def of(cls, name: str) -> Self:
        """Return the kind that the file's name ends in. Raises ValueError for another one."""
        for form in cls:
            if name.lower().endswith(form.ending):
                return form
        raise ValueError(f"'{name}' ends in none of {', '.join(form.ending for form in cls)}")

    @property
    def ending(self) -> str:
        """What its files end in."""
        return ".xml" if self is Form.FCP7 else f".{self.value}"

    @property
    def adapter(self) -> str:
        """What the library calls its writer; empty for what it writes itself."""
        return {Form.FCP7: "fcp_xml", Form.EDL: "cmx_3600"}.get(self, "")

    @property
    def words(self) -> str:
        """What messages call it."""
        return {Form.FCP7: "FCP 7 XML", Form.EDL: "an EDL"}.get(self, "OpenTimelineIO")


class Placing(StrEnum):
    """How the media come to stand beside a timeline."""

    LINK = "link"
    """As links: at once, and on this machine only."""
    COPY = "copy"
    """As copies, which can be carried elsewhere."""
    NONE = "none"
    """Not at all: the timeline names them where they are."""
