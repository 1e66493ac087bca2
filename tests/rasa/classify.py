"""Runs in Rasa's environment: prints the intents of the messages on standard input (one a line) as JSON.

`python classify.py MODEL < messages`
"""

import asyncio
import json
import sys

from rasa.core.agent import Agent


async def intents(model: str, messages: "list[str]") -> "list[str]":
    agent = Agent.load(model)
    return [(await agent.parse_message(message))["intent"]["name"] for message in messages]


if __name__ == "__main__":
    asked = [line.strip() for line in sys.stdin if line.strip()]
    print(json.dumps(asyncio.run(intents(sys.argv[1], asked))))
