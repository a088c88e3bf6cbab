"""`manage.py bench`: how fast the site is on this machine, beside what it could be."""

import json
import os
import platform
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from chatsite.benchmarks.options import PARTS, QUICK, Options

PACKAGES = ("httpx_sse", "playwright", "uvloop")


class Command(BaseCommand):
    help = "Measures the site with real processes: an upstream that stamps each delta, a worker, and clients."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all by default")
        parser.add_argument("--streams", type=numbers, metavar="N,N,…", help="numbers of streams at once")
        parser.add_argument("--seconds", type=float, help="for how long all streams run")
        parser.add_argument("--runs", type=int, help="short answers that memory must be flat over")
        parser.add_argument("--quick", action="store_true", help="fewer of everything: about a minute")
        parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there, too")

    def handle(self, *, parts, **options):
        parts = parts or PARTS
        self.refuse(parts)
        # Not loaded before it is known that they can be.
        bench, *modules = (import_module(f"chatsite.benchmarks.{name}") for name in ("bench", *parts))
        with tempfile.TemporaryDirectory(prefix="chatsite-bench-") as folder, ExitStack() as stack:
            ground = bench.Bench(self.options(**options), Path(folder), stack)
            reports = [self.report(module, ground) for module in modules]
        if file := options["json"]:
            figures = {part: report.as_json() for part, report in zip(parts, reports, strict=True)}
            text = json.dumps({"machine": machine(), "parts": figures}, indent=2, ensure_ascii=False)
            file.write_text(f"{text}\n")

    def refuse(self, parts):
        """Say in one sentence what is not there."""
        if unknown := [part for part in parts if part not in PARTS]:
            raise CommandError(f"There is no part {unknown[0]}; there are {', '.join(PARTS)}.")
        if missing := [package for package in PACKAGES if not find_spec(package)]:
            raise CommandError(f"More packages are needed ({', '.join(missing)}): pip install '.[bench]'")

    def options(self, *, streams, seconds, runs, quick, **_):
        chosen = {"streams": streams, "seconds": seconds, "runs": runs}
        said = {name: value for name, value in chosen.items() if value}
        return replace(QUICK if quick else Options(), **said)

    def report(self, module, ground):
        report = module.measure(ground)
        self.stdout.write(f"\n{report}\n")
        return report


def numbers(text):
    return tuple(int(number) for number in text.split(","))


def machine():
    """What was measured on."""
    return f"{os.cpu_count()} × {processor()}, Python {platform.python_version()}"


def processor():
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(": ")[1] for line in lines if line.startswith("model name")), platform.machine())
