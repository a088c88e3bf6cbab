"""A first start that is paid once: what a fresh site keeps, its owner signed in, to begin other sites with."""

import shutil
from pathlib import Path

from tests.harness.site import Site
from tests.upstream import Upstream


class Stock:
    """A folder of a site's things, and the owner's cookie."""

    def __init__(self, site: Site) -> None:
        self.folder = site.home.with_name("stock")
        self.cookie = site.cookie
        site.copy_to(self.folder)

    def site(self, home: Path, upstream: Upstream, **env: str) -> Site:
        """A site in a folder of its own that begins with this; not yet started."""
        shutil.copytree(self.folder, home, dirs_exist_ok=True)
        site = Site(home, upstream.base_url, **env)
        site.cookie = self.cookie
        return site
