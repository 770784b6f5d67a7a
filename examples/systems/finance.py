"""A finance system sends a report of its own and gets its form filled: `python examples/systems/finance.py`.

CLOISTER_URL and CLOISTER_KEY come from `cloister keys add finance -w finance`.
"""

import json
import os

from client import Http

REPORT = [
    {"department": "财务部", "account": "差旅费", "budget": 45000, "spent": 51200},
    {"department": "法务部", "account": "差旅费", "budget": 55000, "spent": 38400},
]
FORM = {
    "type": "object",
    "properties": {"over_budget": {"type": "array", "items": {"type": "string"}}, "comment": {"type": "string"}},
    "required": ["over_budget", "comment"],
    "additionalProperties": False,
}


def main() -> None:
    with Http(os.environ["CLOISTER_URL"], os.environ["CLOISTER_KEY"]) as cloister:
        answer = cloister.ask(
            "Which departments have spent more than their budget?",
            data={"quarterly report": REPORT},
            response_format={"type": "json_schema", "json_schema": {"schema": FORM}},
        )
    print(json.dumps(json.loads(answer.answer), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
