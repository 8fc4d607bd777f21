"""Single pictures out of a clip, with the right colours."""

from io import BytesIO
from pathlib import Path
from typing import Any

from kling_spec.files import whole
from kling_spec.media._error import MediaError
from kling_spec.media._facts import HD
from kling_spec.media._probe import opened, picture_of
from kling_spec.media._sniff import check_is_mp4


def last_frame(path: Path, target: Path) -> Path:
    """Write the frame that is shown last to `target`, a .png or .jpg, and return it.

    It is the same picture that a full decode ends with. An untagged clip of 720
    lines or more is read as BT.709; the usual guess, BT.601, is wrong by up to
    32 of 255 and shows as a jump when the picture starts the next clip.
    """
    return _written(_last(path), target)


def last_frame_within(path: Path, folder: Path, most: int | None) -> Path:
    """Write the frame that is shown last into `folder`, and return it.

    It is a PNG; where that has more than `most` bytes, a JPEG of the same size in
    pixels, without colours at half size. No limit makes it any smaller than that.
    """
    image = _last(path)
    picture = _written(image, folder / "last.png")
    if most is None or picture.stat().st_size <= most:
        return picture
    return _written(image, folder / "last.jpg")


def _last(path: Path) -> Any:
    check_is_mp4(path)
    with opened(path, "mov") as container:
        video = picture_of(container)
        container.seek(video.duration or 0, stream=video, backward=True)
        found = max(container.decode(video), key=lambda frame: frame.pts or 0, default=None)
        if found is None:
            raise MediaError("not one frame of this file can be decoded")
        return _image(found)


def _written(image: Any, target: Path) -> Path:
    kind, options = ("PNG", {"compress_level": 3}) if target.suffix.lower() == ".png" else _JPEG
    with whole(target) as part:
        image.save(part, kind, **options)
    return target


def poster(path: Path, width: int = 320, at: float | None = None) -> bytes:
    """Return a small JPEG of a moment early in the clip, for tables and notebooks.

    With `at`, in seconds, it is of the key frame at or before that moment.
    """
    check_is_mp4(path)
    with opened(path, "mov") as container:
        video = picture_of(container)
        moment = (video.duration or 0) // 3 if at is None else int(at / video.time_base)
        container.seek(moment, stream=video, backward=True)
        frame = next(container.decode(video), None)
        if frame is None:
            raise MediaError("not one frame of this file can be decoded")
        image = _image(frame)
    image.thumbnail((width, width * 4))
    data = BytesIO()
    image.save(data, "JPEG", quality=82, optimize=True)
    return data.getvalue()


_JPEG: tuple[str, dict[str, Any]] = ("JPEG", {"quality": 95, "subsampling": 0})


def _image(frame: Any) -> Any:
    """Return the frame as a Pillow image, upright, in full-range RGB."""
    from av.video.reformatter import Interpolation

    untagged = int(frame.colorspace) == 2
    matrix = "ITU709" if untagged and frame.height >= HD else None
    # ACCURATE_RND and FULL_CHR_H_INT: without them the conversion itself is off by several codes.
    quality = int(Interpolation.BICUBIC) | 0x40000 | 0x2000
    try:
        image = frame.reformat(format="rgb24", src_colorspace=matrix, interpolation=quality).to_image()
    except (TypeError, ValueError):
        image = frame.reformat(format="rgb24", src_colorspace=matrix).to_image()
    return image.rotate(frame.rotation, expand=True) if frame.rotation else image
