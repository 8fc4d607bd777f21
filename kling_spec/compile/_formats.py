"""The deliveries of a cut."""

from collections.abc import Iterator

from kling_spec.ir import Codec, Container, Delivery, Fit
from kling_spec.spec import Cut, Format

FITTING = {
    Codec.H264: (Container.MP4, Container.MOV),
    Codec.HEVC: (Container.MP4, Container.MOV),
    Codec.VP9: (Container.WEBM, Container.MP4),
    Codec.PRORES: (Container.MOV,),
}
"""Which files hold which pictures; the first is the usual one."""
_USUAL = {Container.WEBM: Codec.VP9}
_ENDINGS = {"mp4": Container.MP4, "m4v": Container.MP4, "mov": Container.MOV, "webm": Container.WEBM}


def deliveries(cut: Cut, output: str) -> Iterator[Delivery]:
    """Yield each delivery of the cut; without `formats` there is one, which is what the file's ending says."""
    if not cut.formats:
        container = _ENDINGS.get(output.rsplit(".", 1)[-1].lower(), Container.MP4)
        yield Delivery(rate=cut.rate, codec=_USUAL.get(container, Codec.H264), container=container)
    for name, keys in cut.formats.items():
        codec, container = written_as(keys)
        width, height = map(int, keys.size.split("x")) if keys.size else (None, None)
        yield Delivery(
            name=name,
            width=width,
            height=height,
            ratio=_ratio(keys.ratio) if keys.ratio else None,
            rate=keys.rate or cut.rate,
            codec=codec,
            container=container,
            fit=Fit(keys.fit) if keys.fit else Fit.COVER,
        )


def written_as(keys: Format) -> tuple[Codec, Container]:
    """Return codec and container, each as written or as the other one wants it."""
    container = Container(keys.container) if keys.container else None
    codec = Codec(keys.codec) if keys.codec else _USUAL.get(container or Container.MP4, Codec.H264)
    return codec, container or FITTING[codec][0]


def file_name(output: str, delivery: Delivery) -> str:
    """Return the name of the delivery's file: its name before the ending, its container as the ending."""
    if not delivery.name:
        return output
    stem = output.rsplit(".", 1)[0] if "." in output.rsplit("/", 1)[-1] else output
    return f"{stem}-{delivery.name}.{delivery.container}"


def _ratio(written: str) -> tuple[int, int]:
    width, height = written.split(":")
    return int(width), int(height)
