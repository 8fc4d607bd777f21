"""Cycles: no shot may wait for itself."""

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from kling_spec.compile._context import SOURCES, Context
from kling_spec.diagnostics import Diagnostic
from kling_spec.spec import LastFrameOf, ShotKeys


def waits_for(keys: ShotKeys) -> Iterator[tuple[str, str]]:
    """Yield the key and the name of everything whose clip the shot uses; assets are among them."""
    for key in SOURCES:
        name = getattr(keys, key)
        if name is not None:
            yield key, name
    for key in ("first_frame", "last_frame"):
        frame = getattr(keys, key)
        if isinstance(frame, LastFrameOf):
            yield key, frame.last_frame_of


def check(context: Context) -> Iterator[Diagnostic]:
    """Yield one finding for a circle of shots, at the shot that is written first."""
    graph = {
        name: {source for _, source in waits_for(shot.keys) if source in context.spec.shots}
        for name, shot in context.shots.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = list(reversed(error.args[1]))
        order = list(context.spec.shots)
        first = min(circle, key=order.index)
        start = circle.index(first)
        names = [*circle[start:-1], *circle[:start], first]
        key = next(key for key, source in waits_for(context.shots[first].keys) if source in circle)
        if len(names) == 2:
            message = f"shot '{first}' waits for itself"
        else:
            message = "these shots wait for each other: " + " → ".join(names)
        path = context.shots[first].path(key)
        yield context.report(
            "KS309", message, path, help="let one of them start from an asset or from a prompt alone"
        )
