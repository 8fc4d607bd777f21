from pathlib import Path

import av

from kling_spec.media import probe, render_clip, verify

SIZE = {"width": 320, "height": 180, "title": "harbor", "lines": ["a quiet harbor at dawn " * 20, "5 s"]}


def test_a_sandbox_clip_is_a_real_film(tmp_path: Path) -> None:
    clip = render_clip(tmp_path / "a.mp4", seconds=2, sound=True, seed=1, **SIZE)

    facts = verify(clip, 2.0)
    assert (facts.frames, facts.rate, facts.matrix, facts.color_range) == (48, 24, "bt709", "tv")
    assert facts.audio is not None
    assert (facts.audio.samples, facts.audio.channels) == (96000, 2)
    data = clip.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_clips_of_one_size_have_equal_streams(tmp_path: Path) -> None:
    one = probe(render_clip(tmp_path / "a.mp4", seconds=1, sound=True, seed=1, **SIZE))
    other = probe(render_clip(tmp_path / "b.mp4", seconds=3, sound=False, seed=2, **SIZE))

    assert one.extradata_sha256 == other.extradata_sha256
    assert one.time_base == other.time_base
    assert other.audio is None


def test_the_same_wish_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    first, again, other = (
        render_clip(tmp_path / f"{name}.mp4", seconds=1, sound=True, seed=seed, **SIZE).read_bytes()
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )

    assert first == again
    assert first != other


def test_each_frame_differs_from_the_next(tmp_path: Path) -> None:
    clip = render_clip(tmp_path / "it's -odd\n.mp4", seconds=1, sound=False, seed=3, **SIZE)

    with av.open(str(clip)) as container:
        frames = [bytes(frame.planes[0]) for frame in container.decode(video=0)]
    assert len(set(frames)) == 24
