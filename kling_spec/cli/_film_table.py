"""What a report says of one film, for people."""

from collections.abc import Iterator

from rich.table import Table

from kling_spec.cli._run import shown
from kling_spec.cli._tables import table
from kling_spec.cut import CutReport, Proof


def film_table(report: CutReport) -> Table:
    """Return the film's report as a table of two columns."""
    return table(("", shown(report.path)), _rows(report))


def _rows(report: CutReport) -> Iterator[tuple[str, str]]:
    lengths = f"{report.frames} frames, {report.seconds:.3f} s at {float(report.rate):g} frames/s"
    yield "length", f"{lengths}; {report.planned_frames} frames planned"
    yield "streams", "; ".join(report.streams)
    yield "method", f"{report.method}: {report.why}"
    if report.segments:
        yield "segments", f"{report.encoded} encoded, {report.kept} kept from before"
    if report.proof is not None:
        yield from _proof(report.proof)
    for name, digest in report.inputs:
        yield "input", f"{digest[:12]}  {name}"
    for paper in report.papers:
        yield "paper", shown(paper)


def _proof(proof: Proof) -> Iterator[tuple[str, str]]:
    if proof.loudness is not None:
        peak = "" if proof.peak is None else f", true peak {proof.peak:.1f} dBTP"
        yield "loudness", f"{proof.loudness:.1f} LUFS{peak}"
    offsets = [abs(sync.offset_ms) for sync in proof.syncs if sync.offset_ms is not None]
    if proof.syncs:
        worst = f"; sound within {max(offsets):.2f} ms of the picture" if offsets else "; no sound"
        yield "joins", f"{len(proof.syncs)}{worst}"
    for one in proof.stretches:
        planned = ", as planned" if one.is_planned else ""
        yield one.lack, f"{one.start:.2f} s to {one.end:.2f} s{planned}"
    if not proof.is_thorough:
        yield "pictures", "not looked at; '--prove' looks for black and frozen ones"
