"""Says how a film came about: why it was encoded, and which of its segments were there already."""

from collections.abc import Iterator

from kling_spec.cut import CutReport, SegmentReport


def explained(report: CutReport) -> Iterator[str]:
    """Yield the lines that stand below the film's own."""
    if report.unchanged:
        yield "  left alone: what it is made of and how is as it was"
        return
    if report.method == "copy":
        yield f"  streams copied: {report.why}"
        return
    yield f"  encoded, not copied: {report.why}"
    for segment in report.segments:
        how = "kept   " if segment.is_kept else "encoded"
        yield f"  {how}  {_span(segment, report)}  {segment.name}{_why(segment)}"
    yield f"  {report.encoded} encoded, {report.kept} kept"


def _span(segment: SegmentReport, report: CutReport) -> str:
    start, end = (float(frame / report.rate) for frame in (segment.first, segment.first + segment.frames))
    return f"{start:8.2f} to {end:7.2f} s"


def _why(segment: SegmentReport) -> str:
    return "" if segment.is_kept else f": {segment.why}"
