"""PostgreSQL, Redis and nginx from Debian's packages, each a process on a free loopback port in a folder of its own."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Self
from urllib.request import urlopen

import psycopg
import redis

from tests.harness.site import ROOT, free_port
from tests.harness.waiting import wait_for

# Debian keeps servers out of a plain user's PATH.
PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
FAST = {"fsync": "off", "max_connections": "60"}
SETTINGS = {
    "unix_socket_directories": "",
    "listen_addresses": "127.0.0.1",
}
END_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'chatsite' AND NOT pid = ANY(%s)
"""
PROGRAMS = ("redis-server", "nginx")


def missing() -> list[str]:
    """The programs that are not installed."""
    programs = [name for name in PROGRAMS if not shutil.which(name, path=PATH)]
    return programs if POSTGRES else ["postgresql", *programs]


class Engine:
    """A program in a temporary folder, which is deleted with it. It keeps its port over restarts.

    folder: one that stays, to be used again.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.port = free_port()
        self.is_kept = folder is not None
        self.folder = folder or Path(tempfile.mkdtemp(prefix="chatsite-engine-"))

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> Self:
        """Start it, and wait until it answers."""
        self.process = self.launch()
        wait_for(self.answers, f"{type(self).__name__} did not start")
        return self

    def launch(self) -> subprocess.Popen:
        raise NotImplementedError

    def answers(self) -> bool:
        raise NotImplementedError

    def run(self, *command: str | Path, user: str | None = None) -> subprocess.Popen:
        return subprocess.Popen(
            [*map(str, command)], cwd=self.folder, env=os.environ | {"PATH": PATH}, user=user,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def kill(self) -> None:
        """kill -9."""
        self.process.send_signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait(10)

    def pause(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def unpause(self) -> None:
        self.process.send_signal(signal.SIGCONT)


class Redis(Engine):
    """Keeps nothing: what it held is gone after a kill."""

    def launch(self) -> subprocess.Popen:
        return self.run("redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "")

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def client(self) -> redis.Redis:
        return redis.Redis(port=self.port, socket_timeout=5)

    def answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except redis.RedisError:
            return False

    @property
    def listeners(self) -> int:
        """How many processes are subscribed to the hints."""
        ((_, count),) = self.client.pubsub_numsub("asgi__group__chatsite.hints")
        return int(count)


class Postgres(Engine):
    """A cluster of its own. PostgreSQL refuses to run as root, so root starts it as the user `postgres`.

    fast: it loses the newest transactions when the machine stops; otherwise its settings are PostgreSQL's own.
    """

    def __init__(self, fast: bool = True, folder: Path | None = None) -> None:
        super().__init__(folder)
        self._settings = SETTINGS | (FAST if fast else {})

    def __enter__(self) -> Self:
        self.user = None if os.geteuid() else "postgres"
        self.data = self.folder / "data"
        if not self.data.exists():
            self._create()
        settings = [f"{name} = '{value}'" for name, value in self._settings.items()]
        with (self.data / "postgresql.conf").open("a") as file:
            file.write("\n".join([f"port = {self.port}", *settings, ""]))
        return self.start()

    def __exit__(self, *_: object) -> None:
        if self.is_kept:
            self.stop()
            return
        self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _create(self) -> None:
        if self.user:
            shutil.chown(self.folder, self.user)
        initdb = self.command("initdb", "-A", "trust", "-U", "chatsite", "--no-sync", "-E", "UTF8")
        assert subprocess.run(initdb, stdout=subprocess.DEVNULL, cwd=self.folder).returncode == 0

    def command(self, program: str, *args: str) -> list[str]:
        command = [str(POSTGRES[-1] / program), "-D", str(self.data), *args]
        return ["runuser", "-u", self.user, "--", *command] if self.user else command

    @property
    def url(self) -> str:
        return f"postgres://chatsite@127.0.0.1:{self.port}/postgres"

    def start(self) -> Self:
        self._control("start", "-l", str(self.folder / "log"))
        return self

    def stop(self, mode: str = "fast") -> None:
        """`fast` ends all connections in good order, `immediate` as a crash does."""
        self._control("stop", "-m", mode)

    def _control(self, *args: str) -> None:
        command = self.command("pg_ctl", "-w", "-t", "60", *args)
        subprocess.run(
            command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True
        )

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(self.url, autocommit=True, connect_timeout=5)

    def take_all_connections(self) -> list[psycopg.Connection]:
        """End everyone's connections, and hold as many as there can be, in the sites' place."""
        held = [self.connect()]
        for _ in range(5):
            held[0].execute(END_OTHERS, [[each.info.backend_pid for each in held]])
            with contextlib.suppress(psycopg.OperationalError):
                while True:
                    held.append(self.connect())
        return held


class Nginx(Engine):
    """The site of deploy/nginx.conf in front of workers on these ports."""

    def __init__(self, *workers: int) -> None:
        super().__init__()
        self._workers = workers

    def launch(self) -> subprocess.Popen:
        file = self.folder / "nginx.conf"
        file.write_text(self.configuration())
        return self.run("nginx", "-p", self.folder, "-c", file, "-e", self.folder / "error.log")

    def configuration(self) -> str:
        site = (ROOT / "deploy" / "nginx.conf").read_text()
        servers = "".join(f"    server 127.0.0.1:{port} max_fails=0;\n" for port in self._workers)
        site, found = re.subn(r"( *server \S+:8000 max_fails=0;\n)+", servers, site)
        assert found == 1
        site = site.replace("listen 80;", f"listen 127.0.0.1:{self.port};")
        return "\n".join([*self._ground(), f"http {{\naccess_log off;\n{site}\n}}"])

    def _ground(self) -> list[str]:
        root = [] if os.geteuid() else ["user root;"]
        return [
            "daemon off;",
            "worker_processes 1;",
            f"pid {self.folder}/pid;",
            *root,
            "events { worker_connections 4096; }",
        ]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answers(self) -> bool:
        try:
            return urlopen(f"{self.url}/accounts/login/", timeout=5).status == 200
        except OSError:
            return False

    def kill(self) -> None:
        """The master ends its workers; a killed one would leave them."""
        self.process.terminate()
        self.process.wait(10)
