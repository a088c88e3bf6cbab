"""Who may import whom."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "chatsite"

# What each package of chatsite, and each module beside them, may import from the others. `urls` names them as texts.
MAY_USE = {
    "completions": set(),
    "rendering": set(),
    "people": {
        "accounts",
        "audit",
        "banners",
        "conversations",
        "history",
        "prompts",
        "providers",
        "usage",
        "wording",
    },
    "providers": {"audit", "completions", "encryption", "live_response", "statements", "wording"},
    "prompts": {"audit", "immutable", "providers", "statements", "wording"},
    "conversations": {
        "audit",
        "completions",
        "rendering",
        "providers",
        "prompts",
        "limits",
        "live_response",
        "protocol",
        "statements",
        "usage",
    },
    "accounts": {"audit", "client_address", "datetime_fields", "log_once", "statements"},
    "audit": {"client_address", "immutable", "response_threads"},
    "banners": {"audit", "datetime_fields", "statements"},
    "usage": {"audit", "prompts", "providers", "wording"},
    "runs": {"completions", "conversations", "rendering", "providers", "statements", "usage"},
    "history": {
        "accounts",
        "audit",
        "client_address",
        "conversations",
        "limits",
        "prompts",
        "providers",
        "rendering",
        "response_threads",
        "runs",
        "statements",
        "wording",
    },
    "tryouts": {
        "audit",
        "completions",
        "conversations",
        "live_response",
        "prompts",
        "protocol",
        "providers",
        "rendering",
        "runs",
        "usage",
    },
    "chat": {
        "accounts",
        "conversations",
        "history",
        "limits",
        "live_response",
        "prompts",
        "protocol",
        "runs",
        "socket_consumer",
        "statements",
    },
    "operations": {
        "accounts",
        "audit",
        "chat",
        "client_address",
        "completions",
        "conversations",
        "encryption",
        "environment",
        "history",
        "home",
        "limits",
        "live_response",
        "people",
        "prompts",
        "protocol",
        "providers",
        "runs",
        "socket_consumer",
        "tryouts",
        "usage",
        "versions",
        "wording",
    },
    "asgi": {"chat", "operations", "request_threads"},
    "client_address": {"log_once"},
    "cached_urls": set(),
    "immutable": set(),
    "live_response": set(),
    "limits": set(),
    "middleware": {"accounts"},
    "datetime_fields": set(),
    "__main__": {"home", "versions"},
    # Addresses and keys are checked as the client checks them.
    "environment": {"completions", "home", "host_names"},
    "encryption": {"home"},
    "errors": {"log_once"},
    "headers": set(),
    "home": set(),
    "host_names": set(),
    "protocol": set(),
    "request_threads": set(),
    "response_threads": set(),
    "log_once": set(),
    "socket_consumer": set(),
    "sqlite": {"history"},
    "statements": set(),
    "versions": set(),
    "servers": {"environment"},
    "settings": {"environment", "servers", "home", "limits"},
    "wording": set(),
    "urls": {"accounts", "banners", "chat", "history"},
}


def package(module: str) -> str:
    return module.split(".")[1] if module.startswith("chatsite.") else ""


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports name their whole path"
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


MODULES = {name_of(path): imports(path) for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts}


def used_by(module: str) -> set[str]:
    return {package(name) for name in MODULES[module]} - {"", package(module)}


@pytest.mark.parametrize("module", sorted(MODULES))
def test_a_module_imports_only_what_its_package_may_use(module):
    used = used_by(module)
    allowed = MAY_USE.get(package(module), set())
    assert used <= allowed, f"{module} must not use {used - allowed}"


def test_every_package_is_named():
    assert {package(name) for name in MODULES} - {""} == set(MAY_USE)


@pytest.mark.parametrize("name", sorted(set(MAY_USE) - {"urls"}))
def test_a_package_may_use_only_what_it_does_use(name):
    used = [used_by(module) for module in MODULES if package(module) == name]
    assert set().union(*used) == MAY_USE[name]


@pytest.mark.parametrize("package", ["completions", "rendering"])
def test_the_libraries_know_no_django(package):
    code = f"import sys, chatsite.{package}; print([m for m in ('django', 'channels') if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_only_one_module_reads_the_environment():
    """Entries name the settings there. The client reads it, as scripts that use it alone expect. The benchmark keeps it
    from the sites it starts."""
    readers = {name_of(path) for path in PACKAGE.rglob("*.py") if "os.environ" in path.read_text()}
    assert readers == {
        "chatsite.environment",
        "chatsite.__main__",
        "chatsite.asgi",
        "chatsite.completions.client",
    }


def test_only_the_completions_know_httpx():
    users = {name for name, used in MODULES.items() if used & {"httpx", "httpx_aiohttp"}}
    assert {package(name) for name in users} == {"completions"}


def test_the_product_needs_no_test():
    assert not [name for name, used in MODULES.items() if any(each.startswith("tests") for each in used)]
