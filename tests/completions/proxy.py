"""A small HTTP proxy that leads every host to one port of this machine."""

import asyncio
from contextlib import suppress
from typing import Self


class Proxy:
    """Tunnels (CONNECT) and forwards (absolute form). `status` other than 200 refuses; `asked` keeps the heads."""

    def __init__(self, target_port: int, status: int = 200) -> None:
        self.asked: list[str] = []
        self._target_port = target_port
        self._status = status
        self._writers: list[asyncio.StreamWriter] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for writer in self._writers:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        self.asked.append(head)
        if self._status != 200:
            writer.write(f"HTTP/1.1 {self._status} No\r\nContent-Length: 0\r\n\r\n".encode())
            return
        there, back = await asyncio.open_connection("127.0.0.1", self._target_port)
        self._writers.append(back)
        if head.startswith("CONNECT "):
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            method, url, rest = head.split(" ", 2)
            back.write(f"{method} /{url.split('/', 3)[3]} {rest}".encode("latin-1"))
        await asyncio.gather(pipe(reader, back), pipe(there, writer))


async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
        writer.close()
