"""Recognises text in images with rapidocr and the Chinese and English models of its wheel."""

from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from rapidocr import RapidOCR

# Found lines are cut out of the whole picture, so that a smaller one is enough to find them: half the memory.
FINDING = 960
LEAST = 0.5  # of certainty
SETTINGS = {
    "Global.use_cls": False,
    "Global.max_side_len": 4000,
    "Global.log_level": "critical",
    "Det.limit_type": "max",
    "Det.limit_side_len": FINDING,
    # Longer lines would widen the shorter ones of their batch.
    "Rec.rec_batch_num": 1,
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}

Box = tuple[float, float, float, float]
Found = tuple[Box, str]


class Recogniser:
    """The models, loaded and run once: later nothing can be opened."""

    def __init__(self) -> None:
        cv2.setNumThreads(1)
        self._engine = RapidOCR(params=SETTINGS)
        sample = np.full((64, 256, 3), 255, np.uint8)
        cv2.putText(sample, "sample", (8, 44), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (0, 0, 0), 2)
        self.lines(sample)

    def lines(self, pixels: Any) -> list[tuple[str, float]]:
        """In reading order: `(text, height)`."""
        seen: Any = self._engine(pixels)
        if not seen.txts:
            return []
        certain = [
            (_upright(corners), str(words).strip())
            for corners, words, score in zip(seen.boxes, seen.txts, seen.scores, strict=True)
            if score >= LEAST and str(words).strip()
        ]
        return [row for column in columns(certain, pixels.shape[1]) for row in _rows(column)]


def columns(found: list[Found], width: float) -> list[list[Found]]:
    """Two, when hardly a line crosses the middle and each side has lines that nearly fill it; else one."""
    middle = width / 2
    left = [one for one in found if one[0][2] <= middle * 1.04]
    right = [one for one in found if one[0][0] >= middle * 0.96]
    full = [sum(box[2] - box[0] > 0.3 * width for box, _ in side) for side in (left, right)]
    if min(full) < 4 or len(found) - len(left) - len(right) > 0.2 * len(found):
        return [found]
    top = min(box[1] for box, _ in right)
    across = [one for one in found if one not in left and one not in right]
    above = [one for one in across if one[0][1] < top]
    return [above, sorted([*left, *(one for one in across if one not in above)], key=lambda one: one[0][1]), right]


def _rows(found: list[Found]) -> list[tuple[str, float]]:
    """Pieces that stand side by side are one line: cells of a table, a label and its value."""
    rows: list[list[Found]] = []
    for one in sorted(found, key=lambda one: (one[0][1] + one[0][3]) / 2):
        if rows and _beside(rows[-1][0][0], one[0]):
            rows[-1].append(one)
        else:
            rows.append([one])
    return [_row(sorted(row)) for row in rows]


def _row(row: list[Found]) -> tuple[str, float]:
    text = row[0][1]
    for (before, _), (box, words) in pairwise(row):
        text += ("  " if box[0] - before[2] > box[3] - box[1] else " ") + words
    return text, max(box[3] - box[1] for box, _ in row)


def _beside(one: Box, other: Box) -> bool:
    shared = min(one[3], other[3]) - max(one[1], other[1])
    return shared > 0.5 * min(one[3] - one[1], other[3] - other[1])


def _upright(corners: Any) -> Box:
    across, down = corners[:, 0], corners[:, 1]
    return float(across.min()), float(down.min()), float(across.max()), float(down.max())
