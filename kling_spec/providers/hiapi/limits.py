"""What HiAPI refuses that its tables cannot say."""

from collections.abc import Iterator

from kling_spec.ir import Ask
from kling_spec.providers._contract import Finding
from kling_spec.providers._rules import addresses, frames, wordless

_WHO = "HiAPI"


def limits(ask: Ask) -> Iterator[Finding]:
    """Yield every rule that the ask breaks."""
    if ask.first_frame is None:
        yield from wordless(ask, _WHO)
    if ask.edit is None:
        yield from frames(ask, _WHO)
    yield from addresses(ask, _WHO, ("https", "http", "asset"))
