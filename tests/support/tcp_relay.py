"""A way to a server that can be closed and opened: the server is away, and its other users notice nothing."""

import asyncio
from threading import Thread


class Relay:
    """Listens on `port` and passes everything on to `target`, as long as it is open."""

    def __init__(self, target: int) -> None:
        self.target, self.port, self.open = target, 0, True
        self._loop = asyncio.new_event_loop()
        self._running: set[asyncio.StreamWriter] = set()
        Thread(target=self._loop.run_forever, daemon=True).start()
        starting = asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(starting, self._loop).result(10)
        self.port = self._server.sockets[0].getsockname()[1]

    def shut(self) -> None:
        """From now on nobody answers, and what is connected is cut."""
        self.open = False
        self._loop.call_soon_threadsafe(self._cut)

    def end(self) -> None:
        self.shut()
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _cut(self) -> None:
        for writer in list(self._running):
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.open:
            writer.close()
            return
        there, out = await asyncio.open_connection("127.0.0.1", self.target)
        self._running |= {writer, out}
        await asyncio.gather(_pass(reader, out), _pass(there, writer), return_exceptions=True)
        self._running -= {writer, out}


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()
