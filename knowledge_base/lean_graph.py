"""An exported BERT in few operators: no mask, no shapes worked out at run time, the mean taken inside."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper
from onnxruntime.transformers.optimizer import optimize_by_fusion

Weights = NDArray[np.float32]

IDS: Final = "input_ids"
MICROSOFT: Final = "com.microsoft"
_OPSET: Final = 18


class ForeignGraphError(ValueError):
    """The graph is not that of a BERT, so it can't be made lean. It runs as it is."""


def lean(exported: ModelProto) -> ModelProto:
    """The model for one text: from `input_ids` (1 x tokens) to the mean of its tokens' vectors (1 x width).

    There is no padding, so there is no mask; all tokens are of the first type. Linear layers are a MatMul
    and an Add. Raises `ForeignGraphError` for what ONNX Runtime's own fusion does not reduce to a BERT.
    """
    copy = ModelProto()
    copy.CopyFrom(exported)
    fused = optimize_by_fusion(copy, model_type="bert").model
    graph = _Graph({tensor.name: numpy_helper.to_array(tensor) for tensor in fused.graph.initializer})
    for node in fused.graph.node:
        graph.take(node)
    return graph.model(fused.graph.output[0].name)


class _Graph:
    """The lean graph while it is written, node by node."""

    def __init__(self, found: Mapping[str, Weights]) -> None:
        self._found = found
        self._nodes: list[NodeProto] = []
        self._kept: dict[str, TensorProto] = {}
        self._ways: Mapping[str, Callable[[NodeProto], None]] = {
            "Cast": lambda _node: None,  # of the inputs, which are read as they are
            "EmbedLayerNormalization": self._embedding,
            "Attention": self._attention,
            "MatMul": self._product,
            "SkipLayerNormalization": self._sum_and_norm,
            "BiasGelu": self._gelu,
        }

    def take(self, node: NodeProto) -> None:
        """Writes what the lean graph has for a node of the fused one."""
        if node.op_type not in self._ways:
            raise ForeignGraphError(f"A BERT has no {node.op_type} once its layers are fused.")
        self._ways[node.op_type](node)

    def model(self, last: str) -> ModelProto:
        """The model whose vector is the mean over `last`."""
        self._add("ReduceMean", [last, self._keep("over_tokens", np.array([1]))], "vector", keepdims=0)
        graph = helper.make_graph(
            self._nodes,
            "lean",
            [helper.make_tensor_value_info(IDS, TensorProto.INT64, [1, "tokens"])],
            [helper.make_tensor_value_info("vector", TensorProto.FLOAT, [1, "width"])],
            list(self._kept.values()),
        )
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(MICROSOFT, 1)]
        made = helper.make_model(graph, opset_imports=opsets)
        made.ir_version = 9
        onnx.checker.check_model(made)
        return made

    def _embedding(self, node: NodeProto) -> None:
        _, _, words, places, types, scale, shift = _inputs(node, 7)
        # All tokens are of the first type: its vector goes into the places'.
        self._keep("places", (self._found[places] + self._found[types][0])[None])
        first, axis = self._keep("first", np.array([0])), self._keep("axis", np.array([1]))
        self._add("Gather", [self._take(words), IDS], "of_words")
        self._add("Shape", [IDS], "count", start=1, end=2)
        self._add("Slice", ["places", first, "count", axis], "of_places")
        self._add("Add", ["of_words", "of_places"], "embedded")
        self._norm("embedded", scale, shift, node)

    def _attention(self, node: NodeProto) -> None:
        given, weights, bias = _inputs(node, 3)
        name = node.output[0]
        parts = [f"{name}.{part}" for part in ("query", "key", "value")]
        self._linear(given, self._take(weights), self._take(bias), f"{name}.all")
        self._nodes.append(helper.make_node("Split", [f"{name}.all"], parts, axis=2, num_outputs=3))
        heads = _attribute(node, "num_heads")
        self._add("MultiHeadAttention", parts, name, domain=MICROSOFT, num_heads=heads)

    def _product(self, node: NodeProto) -> None:
        self._add("MatMul", [node.input[0], self._take(node.input[1])], node.output[0])

    def _sum_and_norm(self, node: NodeProto) -> None:
        given, beside, scale, shift, bias = _inputs(node, 5)
        self._add("Add", [given, self._take(bias)], f"{given}.biased")
        self._add("Add", [f"{given}.biased", beside], f"{given}.summed")
        self._norm(f"{given}.summed", scale, shift, node)

    def _gelu(self, node: NodeProto) -> None:
        given, bias = _inputs(node, 2)
        self._add("Add", [given, self._take(bias)], f"{given}.biased")
        self._add("Gelu", [f"{given}.biased"], node.output[0], domain=MICROSOFT)

    def _linear(self, given: str, weights: str, bias: str, made: str) -> None:
        self._add("MatMul", [given, weights], f"{made}.product")
        self._add("Add", [f"{made}.product", bias], made)

    def _norm(self, given: str, scale: str, shift: str, node: NodeProto) -> None:
        names = [given, self._take(scale), self._take(shift)]
        epsilon = _attribute(node, "epsilon")
        self._add("LayerNormalization", names, node.output[0], axis=-1, epsilon=epsilon)

    def _add(self, kind: str, given: list[str], made: str, domain: str = "", **how: Any) -> None:
        self._nodes.append(helper.make_node(kind, given, [made], domain=domain, **how))

    def _take(self, name: str) -> str:
        if name not in self._found:
            raise ForeignGraphError(f"{name} is no weight of the model, as a BERT has it.")
        return self._keep(name, self._found[name])

    def _keep(self, name: str, values: NDArray[Any]) -> str:
        self._kept[name] = numpy_helper.from_array(np.ascontiguousarray(values), name)
        return name


def _inputs(node: NodeProto, count: int) -> list[str]:
    if len(node.input) < count:
        raise ForeignGraphError(f"{node.op_type} has {len(node.input)} inputs, a BERT's has {count}.")
    return list(node.input[:count])


def _attribute(node: NodeProto, name: str) -> Any:
    found = {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}
    return found[name]
