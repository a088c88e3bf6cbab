"""Where Chromium is, and how it is started: tests never download a browser."""

import shutil

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# The same engine without a browser's own windows and menus, which take half of the CPU of a test.
HEADLESS = shutil.which("chromium-headless-shell") or CHROMIUM
# The sandbox needs rights that root in a container has not.
LAUNCH = {"executable_path": HEADLESS, "args": ["--no-sandbox"]}
