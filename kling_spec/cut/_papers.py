"""What is kept of a film besides the film: its report, its provenance, its contact sheet."""

import json
from pathlib import Path

from kling_spec.cut._provenance import Provenance
from kling_spec.cut._report import CutReport
from kling_spec.cut._sheet import draw_contact_sheet
from kling_spec.files import write_whole
from kling_spec.ir import Film, Timeline

_VERSION = 1


def keep_papers(
    report: CutReport, film: Film, timeline: Timeline, provenance: Provenance, papers: Path
) -> CutReport:
    """Write NAME.json and NAME.jpg for the `papers` of a finished film, and return the report with their paths.

    Neither holds a secret or an address. The sheet is drawn anew for a new film only.
    Raises MediaError and OSError.
    """
    papers.parent.mkdir(parents=True, exist_ok=True)
    written, sheet = papers.with_name(f"{papers.name}.json"), papers.with_name(f"{papers.name}.jpg")
    if not (report.unchanged and sheet.is_file()):
        draw_contact_sheet(film, timeline, report.path, sheet)
    said = {
        "version": _VERSION,
        "cut": film.cut,
        "variant": film.variant,
        "format": film.delivery.name,
        "film": {**report.to_json(), "path": report.path.name},
        "provenance": {
            "campaign": provenance.campaign,
            "kling_spec": provenance.version,
            "is_rehearsal": provenance.is_rehearsal,
            "clips": {task: made.to_json() for task, made in provenance.of(film).items()},
        },
    }
    write_whole(written, json.dumps(said, ensure_ascii=False, indent=1) + "\n")
    return report.with_papers(written, sheet)
