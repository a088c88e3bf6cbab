"""Regular expressions of admins, tried in a child process: nothing stops `re` within a thread."""

import json
import subprocess
import sys

# Of processor time, so that a busy machine does not stop what is fast.
MAX_SECONDS = 1
MAX_MEMORY_BYTES = 512 * 1024 * 1024
# Seconds on the clock for a child that gets no processor time at all.
MAX_WAITED_SECONDS = 15
MAX_SENTENCE_CHARACTERS = 200
CHILD = f"""
import json, re, resource, sys
resource.setrlimit(resource.RLIMIT_CPU, ({MAX_SECONDS}, {MAX_SECONDS + 1}))
resource.setrlimit(resource.RLIMIT_AS, ({MAX_MEMORY_BYTES}, {MAX_MEMORY_BYTES}))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
asked = json.load(sys.stdin)
try:
    found = re.search(asked["pattern"], asked["text"])
    said = {{"found": bool(found)}}
except (re.error, RecursionError, OverflowError) as error:
    said = {{"error": str(error)}}
json.dump(said, sys.stdout)
"""


class BadPattern(Exception):
    """Its text is a sentence that says what is wrong with the regular expression, or with trying it."""


def found(pattern: str, text: str) -> bool:
    """Return whether the text has something that matches. Raises BadPattern."""
    said = _tried(json.dumps({"pattern": pattern, "text": text}))
    if "error" in said:
        raise BadPattern(f"Python cannot read it: {said['error'][:MAX_SENTENCE_CHARACTERS]}.")
    return bool(said["found"])


def refusal(pattern: str) -> str:
    """Return the sentence that refuses a regular expression; empty for one that can be tried."""
    try:
        found(pattern, "")
    except BadPattern as error:
        return str(error)
    return ""


def _tried(asked: str) -> dict:
    command = [sys.executable, "-I", "-S", "-c", CHILD]
    try:
        child = subprocess.run(
            command, input=asked, capture_output=True, text=True, timeout=MAX_WAITED_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise BadPattern(f"No result came in {MAX_WAITED_SECONDS} seconds. Run it again later.") from error
    except OSError as error:
        raise BadPattern("This machine cannot try it now. Run it again later.") from error
    if child.returncode < 0:
        raise BadPattern(f"It takes longer than {MAX_SECONDS} second. Make it simpler.")
    if child.returncode:
        raise BadPattern("It takes more memory than it may. Make it simpler.")
    said: dict = json.loads(child.stdout)
    return said
