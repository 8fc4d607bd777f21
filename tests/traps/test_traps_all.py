"""Every trap has its test, and only one."""

import re
from collections import Counter
from pathlib import Path

FILES = {
    "test_traps_spellings.py": range(1, 14),
    "test_traps_references.py": range(14, 32),
    "test_traps_media.py": range(32, 61),
    "test_traps_cost.py": range(61, 75),
    "test_traps_running.py": range(75, 96),
}


def test_every_trap_has_exactly_one_test_in_its_file() -> None:
    found = {
        name: [int(number) for number in re.findall(r"^def test_trap_(\d\d)_\w", text, re.MULTILINE)]
        for name in FILES
        if (text := (Path(__file__).parent / name).read_text("utf-8"))
    }

    assert found == {name: list(numbers) for name, numbers in FILES.items()}
    assert Counter(number for numbers in found.values() for number in numbers) == Counter(range(1, 96))
