"""Measuring two things in turn, so that a ratio holds whatever else the machine does."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import process_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One claim: what was measured, and the most that it may be."""

    claim: str
    value: float
    bar: float
    unit: str = "x"
    detail: str = ""

    @property
    def is_met(self) -> bool:
        """Whether the value keeps the bar."""
        return self.value <= self.bar

    def __str__(self) -> str:
        sign = "ok     " if self.is_met else "NOT MET"
        value = f"{self.value:7.2f} {self.unit:<3} bar {self.bar:g} {self.unit}"
        return f"{sign}  {self.claim:<58} {value:<24} {self.detail}".rstrip()


def cpu_of_process(command: Sequence[str]) -> float:
    """Return the CPU seconds of one process, its children with it."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return usage.ru_utime + usage.ru_stime


def peak_of_process(code: str) -> float:
    """Return the peak memory in MiB of a fresh interpreter that runs the code."""
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    if status:
        raise RuntimeError(f"the benchmark's process failed: {code}")
    return usage.ru_maxrss / 1024


def cpu_of(work: Callable[[], object]) -> float:
    """Return the CPU seconds of a call."""
    begin = process_time()
    work()
    return process_time() - begin


def side_by_side(
    one: Callable[[], float], other: Callable[[], float], rounds: int
) -> tuple[float, float, float]:
    """Return the median ratio of two measurements taken in turn, and the median of each."""
    pairs = [(one(), other()) for _ in range(rounds)]
    return median(a / b for a, b in pairs), median(a for a, _ in pairs), median(b for _, b in pairs)
