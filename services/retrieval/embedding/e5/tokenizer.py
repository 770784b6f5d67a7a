"""Cuts texts into the pieces that multilingual-e5-small knows."""

import re
from collections.abc import Sequence
from typing import Any

from sentencepiece import SentencePieceProcessor, sentencepiece_model_pb2

from services.retrieval.embedding.e5.weights import Vocabulary

SPACE = "\u2581"  # stands for a space in pieces
SPACES = re.compile(" {2,}")
MESSAGES: Any = sentencepiece_model_pb2  # its stubs are empty
ModelProto = MESSAGES.ModelProto
UNKNOWN, CONTROL = ModelProto.SentencePiece.UNKNOWN, ModelProto.SentencePiece.CONTROL


class Tokenizer:
    """Unigram pieces by SentencePiece; characters are replaced before, one by one, as the model was trained."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._replaced = vocabulary.replaced
        self._processor = SentencePieceProcessor(model_proto=_model(vocabulary).SerializeToString())

    def ids(self, text: str) -> Sequence[int]:
        """Without those of the beginning and the end."""
        plain = SPACES.sub(" ", text.translate(self._replaced))
        marked = plain if plain.startswith(" ") else " " + plain
        found: list[int] = self._processor.encode(marked.replace(" ", SPACE))
        return found


def _model(vocabulary: Vocabulary) -> Any:
    model = ModelProto()
    model.trainer_spec.model_type = model.trainer_spec.UNIGRAM
    model.trainer_spec.bos_id, model.trainer_spec.eos_id = vocabulary.begin, vocabulary.end
    model.trainer_spec.pad_id, model.trainer_spec.unk_id = vocabulary.pad, vocabulary.unknown
    # Spaces are marked above: the model takes a text as it is.
    model.normalizer_spec.add_dummy_prefix = model.normalizer_spec.remove_extra_whitespaces = False
    model.normalizer_spec.escape_whitespaces = False
    controls = {vocabulary.begin, vocabulary.end, vocabulary.pad, len(vocabulary.pieces) - 1}  # the last is <mask>
    for at, (piece, score) in enumerate(vocabulary.pieces):
        one = model.pieces.add(piece=piece, score=score)
        if at == vocabulary.unknown:
            one.type = UNKNOWN
        elif at in controls:
            one.type = CONTROL
    return model
