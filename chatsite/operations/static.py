"""Static files: hashed names, so that browsers keep them for good, and joined, so that a page requests few."""

import posixpath
from collections.abc import Callable, Iterator
from typing import Any

from django.core.files.base import ContentFile
from servestatic.storage import CompressedManifestStaticFilesStorage

from chatsite.operations.joining import join_scripts, join_styles

# What pages name. All that these files import comes with them.
JOINED = {
    "css/site.css": join_styles,
    "js/conversation.js": join_scripts,
    "js/history.js": join_scripts,
}


class JoinedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Joined files under hashed names once the files were collected; before that, the source under plain names."""

    def stored_name(self, name: str) -> str:
        try:
            return super().stored_name(name)
        except ValueError:
            return name

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """`paths`: for each collected file, where its source is."""
        delivered = paths if dry_run else self._join(paths)
        yield from super().post_process(delivered, dry_run=dry_run, **options)

    def _join(self, paths: dict[str, Any]) -> dict[str, Any]:
        """Join the collected files; returns where the source of each is that is left to deliver."""
        parts: set[str] = set()
        texts = {
            name: join(posixpath.basename(name), _reader(name, paths, parts)) for name, join in JOINED.items()
        }
        for name, text in texts.items():
            self.delete(name)
            self.save(name, ContentFile(text.encode()))
        joined = {name: (self, name) for name in texts}
        return {name: source for name, source in paths.items() if name not in parts} | joined


def _reader(name: str, paths: dict[str, Any], parts: set[str]) -> Callable[[str], str]:
    """Returns what reads the files beside `name`, and notes in `parts` which it has read."""

    def read(beside: str) -> str:
        part = posixpath.join(posixpath.dirname(name), beside)
        parts.add(part)
        storage, path = paths[part]
        with storage.open(path) as file:
            return file.read().decode()

    return read
