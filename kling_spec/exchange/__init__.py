"""Films to editors and back: OpenTimelineIO, FCP 7 XML, EDL; only user of opentimelineio, which is an extra."""

from kling_spec.exchange._apply import Followed, follow
from kling_spec.exchange._edit import Edit
from kling_spec.exchange._form import Form, Placing
from kling_spec.exchange._heard import sound_differs
from kling_spec.exchange._laid import Laid, shot_of
from kling_spec.exchange._library import ExchangeError
from kling_spec.exchange._read import read_edit
from kling_spec.exchange._write import Written, write
from kling_spec.exchange._yaml import timeline_yaml

__all__ = [
    "Edit",
    "ExchangeError",
    "Followed",
    "Form",
    "Laid",
    "Placing",
    "Written",
    "follow",
    "read_edit",
    "shot_of",
    "sound_differs",
    "timeline_yaml",
    "write",
]
