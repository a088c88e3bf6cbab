"""What a process holds: memory, threads, open files."""

from dataclasses import dataclass
from pathlib import Path

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Holdings:
    """memory in bytes; numbers of threads and of open files."""

    memory: int
    threads: int
    files: int


class Meter:
    """Reads /proc of one process."""

    def __init__(self, pid: int) -> None:
        self._folder = Path("/proc") / str(pid)

    def read(self) -> Holdings:
        return Holdings(self._status("VmRSS") * 1024, self._status("Threads"), self.files)

    @property
    def memory(self) -> int:
        """Bytes held now."""
        return self._status("VmRSS") * 1024

    @property
    def peak(self) -> int:
        """The most bytes held since `forget_peak`."""
        return self._status("VmHWM") * 1024

    @property
    def files(self) -> int:
        return len(list((self._folder / "fd").iterdir()))

    def forget_peak(self) -> None:
        (self._folder / "clear_refs").write_text("5")

    def _status(self, name: str) -> int:
        for line in (self._folder / "status").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1])
        raise LookupError(name)
