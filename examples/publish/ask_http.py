"""A question over HTTP, whole and as it is written: `python examples/publish/ask_http.py "…"`.

CLOISTER_URL is the address; CLOISTER_KEY a token or an API key.
"""

import asyncio
import os
import sys

from client import AsyncHttp, Http

WHERE = os.environ["CLOISTER_URL"], os.environ["CLOISTER_KEY"]


def whole(question: str) -> None:
    with Http(*WHERE) as cloister:
        answer = cloister.ask(question)
        print(answer.answer, *(f"[{one.n}] {one.title}, page {one.page}" for one in answer.citations), sep="\n")


async def streamed(question: str) -> None:
    async with AsyncHttp(*WHERE) as cloister:
        async for event in cloister.stream(question):
            if event.name == "token":
                print(event.data["text"], end="", flush=True)
            elif event.name == "answer":
                print(*(f"\n[{one['n']}] {one['title']}, page {one['page']}" for one in event.data["citations"]))


if __name__ == "__main__":
    whole(sys.argv[1])
    asyncio.run(streamed(sys.argv[1]))
