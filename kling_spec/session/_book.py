"""The ledger of a project, whatever spec it speaks of."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from kling_spec.ledger import Entry, Ledger, State
from kling_spec.plan import Bill
from kling_spec.session._settings import read_settings


def state_folder(folder: Path, *, is_rehearsal: bool) -> Path:
    """Return where runs of the project that the folder belongs to keep their state. Raises SpecError."""
    settings = read_settings(folder.absolute())
    settings = settings.harmless() if is_rehearsal else settings
    settings.demands.insist("state")
    return settings.state / "sandbox" if is_rehearsal else settings.state


def project_ledger(folder: Path, *, is_rehearsal: bool) -> AbstractContextManager[Ledger | None]:
    """Open the ledger of the project, or give None where nothing was ever run. Raises SpecError, LedgerError."""
    return ledger_in(state_folder(folder, is_rehearsal=is_rehearsal))


@contextmanager
def ledger_in(state: Path) -> Iterator[Ledger | None]:
    """Open the ledger of a state folder, or give None where nothing was ever run. Raises LedgerError."""
    file = state / "ledger.sqlite"
    if not file.exists():
        yield None
        return
    with Ledger.open(file) as ledger:
        yield ledger


def committed(entries: Iterable[Entry]) -> Bill:
    """Return what these payloads cost by estimate, but for those that were refused."""
    bill = Bill()
    for entry in entries:
        if entry.state is not State.REFUSED:
            bill.add(entry.estimate, entry.estimate_currency)
    return bill
