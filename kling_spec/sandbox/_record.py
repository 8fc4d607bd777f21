"""A job as one line of the journal, and back."""

from dataclasses import asdict, fields
from typing import Any

from kling_spec.sandbox._book import Charge
from kling_spec.sandbox._clips import Scene
from kling_spec.sandbox._job import Clip, Job, Order


def record_of(job: Job) -> dict[str, Any]:
    """Return all that a later sandbox must know of a job; its charge stands in the same line."""
    order = {field.name: getattr(job.order, field.name) for field in fields(job.order)}
    return {
        "id": job.id,
        "created": job.created,
        "due": job.due,
        "must_fail": job.must_fail,
        "digest": job.digest,
        "charge": job.charge.to_json(),
        "clips": [{"id": clip.id, "scene": asdict(clip.scene)} for clip in job.clips],
        # only looked at before a job is accepted, and it may be a whole picture
        "order": {**order, "first_frame": None},
    }


def job_of(record: dict[str, Any]) -> Job:
    """Return the job of a line, its clips still to be ordered; raises when the line is no job's."""
    order, size = record["order"], record["order"]["size"]
    return Job(
        id=record["id"],
        created=record["created"],
        due=record["due"],
        must_fail=record["must_fail"],
        digest=record["digest"],
        charge=Charge.from_json(record["charge"]),
        clips=tuple(Clip(id=clip["id"], scene=_scene(clip["scene"])) for clip in record["clips"]),
        order=Order(**{**order, "size": None if size is None else tuple(size)}),
    )


def _scene(record: dict[str, Any]) -> Scene:
    return Scene(**{**record, "lines": tuple(record["lines"])})
