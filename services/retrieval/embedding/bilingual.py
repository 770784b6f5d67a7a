"""Two embedding models as one: a Chinese and an English half of each vector."""

import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from services.retrieval.embedding.onnx import OnnxModel
from services.retrieval.text.bm25 import HAN

CHINESE, ENGLISH = "bge-small-zh-v1.5-q", "e5-small-v2-q"
SHARE = 0.15  # of Chinese in a text's words, from which, and of the rest, up to which, both halves are filled

# Sentences about everything and nothing: their mean is what all vectors of a model have in common.
EN_PLAIN = """The invoice is due within thirty days of delivery.
Rain is expected in the north of the country tomorrow.
Please restart the server before you install the update.
Revenue grew by four percent compared with the year before.
She visited the museum with her brother on Sunday.
The committee approved the budget for the next quarter.
How do I reset my password?
All machines are inspected by a certified engineer once a year.
The river floods the lower fields almost every spring.
Employees may work from home on two days a week.
The patient was given a smaller dose of the medicine.
Which documents are needed for the application?
The contract ends automatically after three years.
Net cash used in investing activities was 41 million dollars.
The band played its last concert in the old town hall.
Store the chemicals in a dry place away from heat.
A copy of the report was sent to the board of directors.
Who is responsible for the safety of visitors?
The new bridge shortens the way to the airport.
Send the goods back in their original packaging.
The teacher explained the rules of the game to the children.
The data are kept for ten years and then destroyed.
When does the warranty of the pump expire?
The company was founded in a small garage in 1987.""".splitlines()
ZH_PLAIN = """发票应在交货后三十天内付清。
预计明天北方地区有雨。
安装更新之前请先重启服务器。
营业收入比上年增长百分之四。
星期天她和弟弟参观了博物馆。
委员会批准了下一季度的预算。
怎样重置我的密码？
所有设备每年由持证工程师检查一次。
这条河几乎每年春天都会淹没低处的田地。
员工每周可以在家办公两天。
医生给病人减少了药量。
申请需要哪些材料？
合同三年后自动终止。
投资活动使用的现金净额为四千一百万元。
乐队在老市政厅举行了最后一场演出。
化学品应存放在干燥处，远离热源。
报告的副本已送交董事会。
谁负责访客的安全？
新桥缩短了去机场的路程。
请用原包装退回货物。
老师向孩子们讲解游戏规则。
数据保存十年后销毁。
水泵的保修期什么时候到期？
公司于一九八七年在一间小车库里成立。""".splitlines()


class Bilingual:
    """512 numbers of bge-small-zh and 384 of e5-small; `folder` holds both.

    Each model's own mean is taken out of its half, so that texts that have nothing to do with each other are at 0
    in both, whichever the language. A mixed text fills both halves.
    """

    batch = 1

    def __init__(self, folder: Path) -> None:
        self.name = "bilingual"
        self._halves = (
            CenteredModel(OnnxModel(folder / CHINESE), ZH_PLAIN),
            CenteredModel(OnnxModel(folder / ENGLISH), EN_PLAIN),
        )
        self.threads = self._halves[0].model.threads

    def questions(self, texts: Sequence[str]) -> Any:
        """Rows of 896 numbers."""
        return np.stack([self._row(text, [half.question for half in self._halves]) for text in texts])

    def passages(self, texts: Sequence[str]) -> Any:
        """Rows of 896 numbers."""
        return np.stack([self._row(text, [half.passage for half in self._halves]) for text in texts])

    def count(self, texts: Sequence[str]) -> int:
        """Tokens of all texts together, by the half that reads more of each."""
        return sum(self._halves[0 if _languages(text)[0] else 1].model.count([text]) for text in texts)

    def _row(self, text: str, halves: list[Callable[[str], Any]]) -> Any:
        wanted = _languages(text)
        parts = [
            half(text) if want else np.zeros(own.size, dtype=np.float32)
            for half, own, want in zip(halves, self._halves, wanted, strict=True)
        ]
        row = np.concatenate(parts)
        return row / (np.linalg.norm(row) or 1.0)


class CenteredModel:
    """One model, with its mean over plain sentences taken out."""

    def __init__(self, model: OnnxModel, plain: Sequence[str]) -> None:
        self.model = model
        asked, told = model.questions(plain).mean(axis=0), model.passages(plain).mean(axis=0)
        self.size = len(asked)
        self.question = partial(_centred, model.questions, asked)
        self.passage = partial(_centred, model.passages, told)


def _centred(embed: Callable[[Sequence[str]], Any], mean: Any, text: str) -> Any:
    row = embed([text])[0] - mean
    return row / (np.linalg.norm(row) or 1.0)


def _languages(text: str) -> tuple[bool, bool]:
    """Whether it speaks Chinese, and whether English: a Chinese word has about two characters."""
    chinese = len(re.findall(HAN, text)) / 2
    english = len(re.findall(r"[A-Za-z]{3,}", text))
    share = chinese / ((chinese + english) or 1)
    return share >= SHARE or not english, share <= 1 - SHARE
