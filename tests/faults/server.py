"""The scripted upstream for experiments that may leave replies unused."""

from tests.upstream import UpstreamThread


class Server(UpstreamThread):
    """An upstream in a thread of its own that can be told to forget its script."""

    def forget(self) -> None:
        """Drop the replies that nobody asked for; from now on it is well."""
        self._queues.clear()
