"""Two checked specs laid side by side."""

from kling_spec.diagnostics import SpecError
from kling_spec.plan import Difference, difference
from kling_spec.session._checked import Checked
from kling_spec.session._selection import Selection


def compare(old: Checked, new: Checked, selection: Selection | None = None) -> Difference:
    """Return what lies between two specs. Raises SpecError for one that is wrong.

    What the selection names may be in one of them alone; what neither has is an error.
    """
    chosen = selection or Selection()
    missing = {finding.message for finding in chosen.check(old.spec)}
    if unknown := [finding for finding in chosen.check(new.spec) if finding.message in missing]:
        raise SpecError(unknown, new.lines_of)
    compilers = old.compiler(), new.compiler()
    made = difference(
        compilers[0].variants(chosen.filter, films=False),
        compilers[1].variants(chosen.filter, films=False),
        (compilers[0].asking(), compilers[1].asking()),
        chosen.shots,
    )
    for checked, compiler in zip((old, new), compilers, strict=True):
        checked.sound(compiler.found)
    return made
