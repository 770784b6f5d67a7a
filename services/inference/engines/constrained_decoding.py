"""Limits the bundled model to statements that stand in the passages.

Left free, 135 million parameters repeat a sentence, make noise of Chinese and invent figures; with penalties for
repeating they change names and numbers. A grammar holds them to what is written.
"""

from dataclasses import replace

from services.inference.engines.registry import Message
from services.inference.output.quotes import best, texts, weights
from services.inference.prompt.messages import QUESTION, Prompt
from services.inference.prompt.statements import QUOTE, named, statements
from services.inference.prompt.words import words
from shared.language import chinese

CHINESE = 160  # characters of a statement: the model takes two tokens for each
SCORE = 0.7  # what the passage's score, as a share of the best, counts beside the share of the question's words
SECOND = 0.8  # of the best statement's worth: the model may add another that is worth as much
ASKED = {False: "Answer with a sentence of the text above.", True: "用上文中的一句话回答。"}


def held(question: str, prompt: Prompt) -> Prompt:
    """The same passages under the same numbers; two statements to read, and nothing else to write."""
    found = _candidates(question, prompt)
    if not found:
        return prompt
    text = "\n".join(words for words, _ in found)
    small = chinese(question)
    asked = f"{text}\n\n{QUESTION[small]}{question}\n{ASKED[small]}"
    first, *others = (_literal(f"{words} [{n}]") for words, n in found)
    grammar = f"root ::= {first}" + "".join(f' (" " {other})?' for other in others)
    return replace(prompt, messages=(Message(role="user", content=asked),), grammar=grammar)


def _candidates(question: str, prompt: Prompt) -> list[tuple[str, int]]:
    """The best statement with the number of its passage, and another passage's when it is nearly as good.

    Rows of business sources are no statements: they are stated whole, by rule.
    """
    known = []
    for n, passage in enumerate(prompt.passages, 1):
        most = CHINESE if chinese(passage.text) else QUOTE
        if passage.data is None:
            known.append((n, passage, statements(passage.text, passage.heading, most), most))
    weigh, found = weights(words(question), [said for _, p, own, _ in known for said in texts(p.text, own)]), []
    top = max((passage.score for _, passage, *_ in known), default=0.0) or 1.0
    for n, passage, own, most in known:
        (start, end), worth = best(own, weigh, passage.text, most)
        found.append((worth + SCORE * passage.score / top, named(passage.text, start, end) or passage.title, n))
    found.sort(key=lambda one: -one[0])
    return [(text, n) for worth, text, n in found[:2] if worth >= SECOND * found[0][0] or n == found[0][2]]


def _literal(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
