"""`python -m tests.bench`: how fast the site is on this machine, beside a bare consumer."""

import argparse
import json
import os
import platform
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from tests.bench.errors import BenchmarkError
from tests.bench.options import PARTS, QUICK, Options

PACKAGES = ("httpx_sse", "playwright", "uvloop")


def main() -> None:
    args = parser().parse_args()
    try:
        refuse(args.parts)
        run(args)
    except BenchmarkError as error:
        sys.exit(f"{error}")


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m tests.bench",
        description="Measures the site with real processes: an upstream that stamps each delta, a worker, and clients.",
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all by default")
    parser.add_argument("--streams", type=numbers, metavar="N,N,…", help="numbers of streams at once")
    parser.add_argument("--seconds", type=float, help="for how long all streams run")
    parser.add_argument("--runs", type=int, help="short answers that memory must be flat over")
    parser.add_argument("--messages", type=int, help="messages to search in; a million takes half an hour")
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="keep the stores to search in there, or take those that are"
    )
    parser.add_argument("--quick", action="store_true", help="fewer of everything: about a minute")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there, too")
    return parser


def refuse(parts: list[str]) -> None:
    """Raise BenchmarkError with a sentence about what is missing."""
    if unknown := [part for part in parts if part not in PARTS]:
        raise BenchmarkError(f"There is no part {unknown[0]}; there are {', '.join(PARTS)}.")
    if missing := [package for package in PACKAGES if not find_spec(package)]:
        raise BenchmarkError(f"More packages are needed ({', '.join(missing)}): pip install '.[bench]'")


def run(args: argparse.Namespace) -> None:
    parts = args.parts or list(PARTS)
    # Imported only now: they need the packages that `refuse` looked for.
    bench = import_module("tests.bench.bench")
    modules = [import_module(f"tests.bench.parts.{part}") for part in parts]
    with tempfile.TemporaryDirectory(prefix="chatsite-bench-") as folder, ExitStack() as stack:
        ground = bench.Bench(options(args), Path(folder), stack)
        reports = {part: report(module, ground) for part, module in zip(parts, modules, strict=True)}
    if args.json:
        figures = {part: each.as_json() for part, each in reports.items()}
        text = json.dumps({"machine": machine(), "parts": figures}, indent=2, ensure_ascii=False)
        args.json.write_text(f"{text}\n")


def options(args: argparse.Namespace) -> Options:
    chosen = {
        "streams": args.streams,
        "seconds": args.seconds,
        "runs": args.runs,
        "messages": args.messages,
        "keep": args.keep,
    }
    return replace(
        QUICK if args.quick else Options(), **{name: value for name, value in chosen.items() if value}
    )


def report(module, ground):
    report = module.measure(ground)
    sys.stdout.write(f"\n{report}\n\n")
    sys.stdout.flush()
    return report


def numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(","))


def machine() -> str:
    """What was measured on."""
    return f"{os.cpu_count()} × {processor()}, Python {platform.python_version()}"


def processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(": ")[1] for line in lines if line.startswith("model name")), platform.machine())


if __name__ == "__main__":
    main()
