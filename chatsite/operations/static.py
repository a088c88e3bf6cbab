"""Static files: hashed names, so that browsers keep them for good; joined, so that a page requests few; and small."""

from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from rjsmin import jsmin
from servestatic.storage import CompressedManifestStaticFilesStorage

from chatsite.operations.bundles import joined

# Of this site's own styles and scripts. What comes from elsewhere stays as it is.
FOLDERS = ("css/", "js/")


class JoinedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Joined files under hashed names once the files were collected; before that, the source under plain names."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._urls: dict[tuple[str, bool], str] = {}

    def url(self, name: str, force: bool = False) -> str:
        """Return the URL, which is found once for each file: a page names twenty."""
        if (name, force) not in self._urls:
            self._urls[name, force] = super().url(name, force)
        return self._urls[name, force]

    def stored_name(self, name: str) -> str:
        try:
            return super().stored_name(name)
        except ValueError:
            return name

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """`paths`: for each collected file, where its source is."""
        self._urls.clear()
        delivered = paths if dry_run else self._join(paths)
        yield from super().post_process(delivered, dry_run=dry_run, **options)

    def _join(self, paths: dict[str, Any]) -> dict[str, Any]:
        """Join the collected files; returns where the source of each is that is left to deliver."""
        texts = {name: _text(*source) for name, source in paths.items() if name.startswith(FOLDERS)}
        whole = joined(texts)
        for name, text in whole.items():
            self.delete(name)
            self.save(name, ContentFile(_small(name, text).encode()))
        others = {name: source for name, source in paths.items() if name not in texts}
        return others | {name: (self, name) for name in whole}


def _small(name: str, text: str) -> str:
    """Return a script without its comments and blanks. Stylesheets stay: rcssmin does not know nested rules."""
    small: str = jsmin(text) if name.endswith(".js") else text
    return small


def _text(storage: Any, path: str) -> str:
    with storage.open(path) as file:
        return file.read().decode()
