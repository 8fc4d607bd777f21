"""Puts filter graphs together: the only user of ffmpeg-python, and of nothing in it but its builder.

A stream that is used twice is split by name, and no option is ever a list:
ffmpeg-python would merge the one and print the other as Python.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kling_spec.media._run import source


def builder() -> Any:
    """Return ffmpeg-python, which has no types."""
    import ffmpeg

    untyped: Any = ffmpeg
    return untyped


def concat(parts: Sequence[Any], pictures: int, sounds: int) -> Any:
    """Return the streams one after another; each has so many pictures and sounds."""
    return parts[0] if len(parts) == 1 else builder().concat(*parts, v=pictures, a=sounds)


def parted(stream: Any, many: int) -> list[Any]:
    """Return the stream of pictures so many times."""
    if many == 1:
        return [stream]
    split = stream.filter_multi_output("split", many)
    return [split.stream(number) for number in range(many)]


def compiled(streams: Sequence[Any], targets: Sequence[Path], options: dict[str, Any]) -> list[str]:
    """Return ffmpeg's arguments that write each stream to its target, all in the same way."""
    outputs = [
        builder().output(stream, source(target), **options)
        for stream, target in zip(streams, targets, strict=True)
    ]
    command = builder().merge_outputs(*outputs).compile(cmd="ffmpeg", overwrite_output=True)
    return [str(word) for word in command[1:]]
