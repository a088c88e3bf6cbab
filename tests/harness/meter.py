"""What processes use: processor time, memory, threads and open files, as Linux reports it."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Holdings:
    """memory in bytes; numbers of threads and of open files."""

    memory: int
    threads: int
    files: int


class Meter:
    """Reads some processes, and adds them up."""

    def __init__(self, *pids: int) -> None:
        self._pids = pids
        self._cpu_before = 0.0

    def start(self) -> Self:
        """Measure processor time and the peak from now on."""
        for pid in self._pids:
            (_folder(pid) / "clear_refs").write_text("5")  # forgets the highest memory so far
        self._cpu_before = self._cpu_ever
        return self

    def read(self) -> Holdings:
        return Holdings(self.memory, sum(self._status("Threads")), self.files)

    @property
    def cpu(self) -> float:
        """Seconds of processor time since the start."""
        return self._cpu_ever - self._cpu_before

    @property
    def _cpu_ever(self) -> float:
        return sum(time.clock_gettime(_clock(pid)) for pid in self._pids)

    @property
    def memory(self) -> int:
        """Bytes held now."""
        return sum(self._status("VmRSS")) * 1024

    @property
    def peak(self) -> int:
        """The most bytes held since the start."""
        return sum(self._status("VmHWM")) * 1024

    @property
    def files(self) -> int:
        return sum(len(list((_folder(pid) / "fd").iterdir())) for pid in self._pids)

    def _status(self, name: str) -> Iterator[int]:
        for pid in self._pids:
            lines = (_folder(pid) / "status").read_text().splitlines()
            yield next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def _folder(pid: int) -> Path:
    return Path("/proc") / str(pid)


def _clock(pid: int) -> int:
    """The clock of a process's processor time, all threads, in nanoseconds: clock_getcpuclockid(3)."""
    return ~pid << 3 | 2
