"""A controller signals a reading; a rule asks about it: `python examples/systems/production.py 96.5`.

CLOISTER_BUS (nats://…), CLOISTER_CLIENT and CLOISTER_KEY come from `cloister keys add plc -w production --bus`.
"""

import asyncio
import os
import sys

from client import Bus


async def main(temperature: float) -> None:
    async with Bus(os.environ["CLOISTER_BUS"], os.environ["CLOISTER_CLIENT"], os.environ["CLOISTER_KEY"]) as bus:
        answers = bus.answers()
        await bus.signal("reading", {"machine": "M001", "metric": "温度", "value": temperature})
        print((await anext(answers)).answer)


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
