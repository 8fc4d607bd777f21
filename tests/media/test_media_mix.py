"""What is heard together is heard to its end, and is the same each time."""

from array import array
from pathlib import Path

from kling_spec.media import Ffmpeg, Tracks, mix
from kling_spec.media._run import run


def test_ducked_music_is_the_same_each_time_and_lasts_to_the_end(
    ffmpeg: Ffmpeg, maker: Ffmpeg, tmp_path: Path
) -> None:
    tracks = {}
    for name, hertz in (("clips", 440), ("music", 220)):
        tracks[name] = tmp_path / f"{name}.f32"
        tone = f"aevalsrc='0.3*sin(2*PI*{hertz}*t)|0.3*sin(2*PI*{hertz}*t)':s=48000:d=1.5"
        run(maker.path, ["-f", "lavfi", "-i", tone, "-f", "f32le", str(tracks[name])])
    made = []
    for number in range(6):
        mix(ffmpeg, Tracks(**tracks), tmp_path / f"{number}.f32", duck=True)
        made.append((tmp_path / f"{number}.f32").read_bytes())

    assert len(set(made)) == 1
    both, clips = (array("f", data) for data in (made[0], tracks["clips"].read_bytes()))
    assert len(both) == len(clips)
    for begin in range(0, len(both), 9600):  # a tenth of a second
        music = [one - other for one, other in zip(both[begin : begin + 9600], clips[begin:], strict=False)]
        assert max(map(abs, music)) > 0.02, begin
