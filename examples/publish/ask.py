"""A question over the bus, in Python: `python examples/publish/ask.py "…"`.

CLOISTER_BUS (nats://…), CLOISTER_CLIENT and CLOISTER_KEY come from `cloister keys add crm -w finance --bus`.
"""

import asyncio
import os
import sys

from client import Bus


async def main(question: str) -> None:
    async with Bus(os.environ["CLOISTER_BUS"], os.environ["CLOISTER_CLIENT"], os.environ["CLOISTER_KEY"]) as bus:
        answer = await bus.ask(question, workspace=os.environ.get("CLOISTER_WORKSPACE"))
        print(
            answer.answer,
            *(f"[{source.n}] {source.title}, page {source.page}" for source in answer.citations),
            sep="\n",
        )


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
