"""Bodies as a run would fill them, with one picture in the place of every file."""

import base64
import io
from typing import Any

from PIL import Image


def _picture() -> str:
    file = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


_PICTURE = _picture()


def filled(value: Any) -> Any:
    """What a run would put in place of files and clips."""
    match value:
        case {"$clip": clip, "as": "video_url"}:
            return f"https://clips.example.com/{clip}.mp4"
        case {"$clip": _, "as": _} | {"$file": _, "as": "base64"}:
            return _PICTURE
        case dict():
            return {key: filled(item) for key, item in value.items()}
        case list():
            return [filled(item) for item in value]
    return value
