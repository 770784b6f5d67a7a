"""A bounded load on loopback: `python -m bench.load BASE TOKEN QUESTIONS IN_FLIGHT`; 1 when one is not answered."""

import asyncio
import sys
from urllib.parse import urlsplit

import uvloop


async def worker(base: str, token: str, numbers: "asyncio.Queue[int]") -> int:
    """Ask over one kept-open connection until no number is left; the count of answers."""
    place, answered = urlsplit(base), 0
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    while not numbers.empty():
        question = f"What is the daily allowance in Beijing? ({numbers.get_nowait()})"
        body = f'{{"question": "{question}", "workspace": "bench"}}'
        head = f"POST /api/chat HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n"
        head += "Content-Type: application/json\r\n"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        headers = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        await reader.readexactly(int(headers.split("content-length: ")[1].split("\r\n")[0]))
        answered += headers.startswith("http/1.1 200")
    writer.close()
    return answered


async def main(base: str, token: str, questions: int, in_flight: int) -> int:
    numbers: asyncio.Queue[int] = asyncio.Queue()
    for number in range(questions):
        numbers.put_nowait(number)
    answered = sum(await asyncio.gather(*(worker(base, token, numbers) for _ in range(in_flight))))
    print(f"{answered} of {questions} answered", flush=True)
    return 0 if answered == questions else 1


if __name__ == "__main__":
    base, token, questions, in_flight = sys.argv[1:]
    sys.exit(uvloop.run(main(base, token, int(questions), int(in_flight))))
