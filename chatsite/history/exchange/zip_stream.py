"""A zip file that is made while it is sent. Only its last piece is in memory."""

import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime


class _Sink:
    """The file object that zipfile writes to. It cannot seek, so sizes follow each member."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is buffered."""

    def taken(self) -> bytes:
        data = b"".join(self._pieces)
        self._pieces.clear()
        return data


def zip_stream(members: Iterable[tuple[str, datetime, Iterable[str]]]) -> Iterator[bytes]:
    """The zip file in pieces, of members with a name, a time and pieces of text."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        for name, moment, pieces in members:
            info = zipfile.ZipInfo(name, date_time=moment.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(info, "w") as member:
                for piece in pieces:
                    member.write(piece.encode("utf-8", "replace"))
                    if data := sink.taken():
                        yield data
            yield sink.taken()
    yield sink.taken()
