"""The site's own settings in a folder of the test run's own."""

import atexit
import os
import tempfile

_folder = tempfile.TemporaryDirectory(prefix="chatsite-tests-")
atexit.register(_folder.cleanup)
os.environ["CHATSITE_HOME"] = _folder.name
for name in list(os.environ):
    if (
        name.startswith(("OPENAI_", "CHATSITE_"))
        and name != "CHATSITE_HOME"
        or name in ("DATABASE_URL", "REDIS_URL")
    ):
        del os.environ[name]

from chatsite.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Its `flush` takes the place of Django's.
INSTALLED_APPS = [*INSTALLED_APPS, "tests.harness"]  # noqa: F405
DATABASES["default"]["TEST"] = {"NAME": HOME / "test.sqlite3"}  # noqa: F405  a file: several threads share it
# A request for a title after each first answer would take the next reply of the scripted upstream.
TITLE_MODEL = "off"
# Each client of a test makes the middleware again, which would look for all static files.
SERVESTATIC_USE_FINDERS = False
