"""PostgreSQL, Redis and nginx from Debian's packages, each on a free port and for the time of a benchmark."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Self

from tests.bench.errors import BenchmarkError
from tests.bench.processes import ROOT, Process, free_port, listens

# Debian keeps servers out of a plain user's PATH.
PLACES = os.pathsep.join(["/usr/sbin", "/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"])
POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def missing() -> list[str]:
    """Debian's packages that are not installed."""
    packages = {"redis-server": program("redis-server"), "nginx-light": program("nginx")}
    absent = [package for package, path in packages.items() if not path]
    return absent if POSTGRES else ["postgresql", *absent]


def program(name: str) -> str | None:
    return shutil.which(name, path=PLACES)


class Redis(Process):
    """Keeps nothing."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        at = ["--port", self.port, "--bind", "127.0.0.1"]
        super().__init__(folder, program("redis-server"), *at, "--save", "", "--dir", folder)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def is_ready(self) -> bool:
        return listens(self.port)


class Postgres(Process):
    """A cluster with PostgreSQL's own settings. It refuses to run as root, who starts it as the user `postgres`."""

    # Ends connections that are still open.
    ending = signal.SIGINT

    def __init__(self, folder: Path) -> None:
        # Its user may not look into the benchmark's own folder.
        self._home = Path(tempfile.mkdtemp(prefix="chatsite-bench-postgres-"))
        self.port, user = free_port(), None if os.geteuid() else "postgres"
        if user:
            shutil.chown(self._home, user)
        settings = ["-c", "unix_socket_directories=", "-c", "listen_addresses=127.0.0.1"]
        command = [POSTGRES[-1] / "postgres", "-D", self._home / "data", "-p", self.port, *settings]
        super().__init__(folder, *command, cwd=self._home, user=user)

    def __enter__(self) -> Self:
        initdb, data = POSTGRES[-1] / "initdb", self._home / "data"
        command = [str(initdb), "-D", str(data), "-A", "trust", "-U", "chatsite", "-E", "UTF8"]
        done = subprocess.run(command, cwd=self._home, user=self._user, capture_output=True, text=True)
        if done.returncode:
            raise BenchmarkError(f"PostgreSQL could not be set up. {done.stderr}")
        return super().__enter__()

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        shutil.rmtree(self._home)

    @property
    def url(self) -> str:
        return f"postgres://chatsite@127.0.0.1:{self.port}/postgres"

    def is_ready(self) -> bool:
        return "ready to accept connections" in self.said


class Nginx(Process):
    """The site of deploy/nginx.conf in front of workers on these ports."""

    def __init__(self, folder: Path, *workers: int) -> None:
        self.port = free_port()
        file = folder / "nginx.conf"
        file.write_text(self._configuration(folder, workers))
        super().__init__(folder, program("nginx"), "-p", folder, "-c", file, "-e", "stderr")

    def _configuration(self, folder: Path, workers: tuple[int, ...]) -> str:
        site = (ROOT / "deploy" / "nginx.conf").read_text()
        servers = "".join(f"    server 127.0.0.1:{port} max_fails=0;\n" for port in workers)
        site = re.sub(r"( *server \S+:8000 max_fails=0;\n)+", servers, site)
        site = site.replace("listen 80;", f"listen 127.0.0.1:{self.port};")
        user = "" if os.geteuid() else "user root;"
        ground = f"daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr; {user}"
        return f"{ground}\nevents {{ worker_connections 4096; }}\nhttp {{\naccess_log off;\n{site}\n}}\n"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def is_ready(self) -> bool:
        return listens(self.port)
