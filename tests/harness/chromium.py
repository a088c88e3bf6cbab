"""Where Chromium is, and how it is started: tests never download a browser."""

import shutil

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# The sandbox needs rights that root in a container has not.
LAUNCH = {"executable_path": CHROMIUM, "args": ["--no-sandbox"]}
