"""The linear layers of an ONNX model in int8: a scale for each block of inputs, or one for each output."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, helper, numpy_helper

Floats = NDArray[np.float32]

BLOCK: Final = 128
OUTLIER: Final = 2.0
_MICROSOFT: Final = "com.microsoft"


def linear_inputs(model: ModelProto) -> list[str]:
    """The names of what goes into the linear layers, each once, in order."""
    tables = _tables(model.graph)
    return list(dict.fromkeys(node.input[0] for node in model.graph.node if _is_linear(node, tables)))


def in_int8_blocks(model: ModelProto, block: int = BLOCK) -> ModelProto:
    """The same model with linear layers in int8, a scale for each `block` of inputs, kept and coming in.

    Attention between words stays as it is: it costs little time, and much quality when coarse. Tables of
    words are kept in half precision.
    """
    made = _Rewriting(model)
    for node in model.graph.node:
        if _is_linear(node, made.tables) and not made.tables[node.input[1]].dims[0] % block:
            made.nodes.append(_in_blocks(made, node, block))
        else:
            made.nodes += made.plain(node)
    return made.model()


def in_int8_columns(model: ModelProto, largest: Mapping[str, Floats]) -> ModelProto:
    """The same model with linear layers in int8, one scale for each output, and one for all that comes in.

    `largest` holds for each of `linear_inputs` the largest value seen in each channel. One scale for all is
    coarse where few channels are much larger than the rest. What comes from a layer norm is evened out, its
    weights the other way (Xiao et al., 2023, SmoothQuant); elsewhere such channels are multiplied in full
    precision (Dettmers et al., 2022, LLM.int8).
    """
    made = _Rewriting(model)
    normed = {node.output[0] for node in model.graph.node if node.op_type == "LayerNormalization"}
    biases = _biases(model, made.tables)
    merged = {bias.output[0] for bias in biases.values()}
    for node in model.graph.node:
        if node.output[0] in biases:
            bias = biases[node.output[0]]
            made.nodes += _in_columns(made, node, bias, largest[node.input[0]], node.input[0] in normed)
        elif node.output[0] not in merged:
            made.nodes += made.plain(node)
    return made.model()


@dataclass
class _Rewriting:
    """A copy of a model whose nodes are written anew."""

    source: ModelProto
    nodes: list[NodeProto] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._copy = ModelProto()
        self._copy.CopyFrom(self.source)
        self.tables = _tables(self._copy.graph)

    def weights(self, node: NodeProto) -> Floats:
        """The weights of a linear layer, inputs x outputs."""
        return np.asarray(numpy_helper.to_array(self.tables[node.input[1]]), dtype=np.float32)

    def keep(self, name: str, values: NDArray[Any]) -> str:
        """Puts values beside the nodes and returns their name."""
        self._copy.graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def plain(self, node: NodeProto) -> list[NodeProto]:
        """A node as it is; where it reads a table of words, from half precision."""
        if node.op_type != "Gather" or node.input[0] not in self.tables:
            return [node]
        half, found = f"{node.input[0]}.half", f"{node.output[0]}.half"
        table = numpy_helper.to_array(self.tables[node.input[0]])
        self.keep(half, table.astype(np.float16))
        gather = helper.make_node("Gather", [half, node.input[1]], [found], name=node.name)
        return [gather, helper.make_node("Cast", [found], list(node.output), to=TensorProto.FLOAT)]

    def model(self) -> ModelProto:
        """The finished copy, without the weights nobody reads any more."""
        graph = self._copy.graph
        del graph.node[:]
        graph.node.extend(self.nodes)
        read = {name for node in self.nodes for name in node.input}
        kept = [tensor for tensor in graph.initializer if tensor.name in read]
        del graph.initializer[:]
        graph.initializer.extend(kept)
        if _MICROSOFT not in {opset.domain for opset in self._copy.opset_import}:
            self._copy.opset_import.append(helper.make_opsetid(_MICROSOFT, 1))
        return self._copy


def _in_blocks(made: _Rewriting, node: NodeProto, block: int) -> NodeProto:
    weights = made.weights(node)
    depth, width = weights.shape
    rows = weights.T.reshape(width, depth // block, block)
    scales = np.maximum(np.abs(rows).max(axis=2) / 127, np.float32(1e-12))
    # Unsigned with 128 as zero, as the operator reads them.
    levels = (np.rint(rows / scales[:, :, None]) + 128).astype(np.uint8)
    name = node.input[1]
    kept = made.keep(f"{name}.levels", levels), made.keep(f"{name}.scales", scales.ravel())
    return helper.make_node(
        "MatMulNBits",
        [node.input[0], *kept],
        list(node.output),
        name=node.name,
        domain=_MICROSOFT,
        K=depth,
        N=width,
        bits=8,
        block_size=block,
        accuracy_level=4,  # What comes in is made int8 too, in the same blocks.
    )


def _in_columns(
    made: _Rewriting, node: NodeProto, bias: NodeProto, largest: Floats, normed: bool
) -> Iterator[NodeProto]:
    weights, name, given = made.weights(node), node.input[1], node.input[0]
    apart = (
        np.flatnonzero(largest > OUTLIER * np.quantile(largest, 0.99)) if not normed else np.array([], int)
    )
    gains = _evening(largest, weights) if normed else np.ones_like(largest)
    gains[apart] = 0
    if (gains != 1).any():
        evened = f"{name}.evened"
        yield helper.make_node("Mul", [given, made.keep(f"{name}.gains", gains)], [evened])
    else:
        evened = given
    coarse = np.divide(weights, gains[:, None], out=np.zeros_like(weights), where=gains[:, None] > 0)
    scales = np.maximum(np.abs(coarse).max(axis=0) / 127, np.float32(1e-12))
    levels = made.keep(f"{name}.levels", np.rint(coarse / scales).astype(np.int8))
    added = next(other for other in bias.input if other != node.output[0])
    result = bias.output[0] if not len(apart) else f"{name}.coarse"
    inputs = [evened, levels, made.keep(f"{name}.scales", scales), "", added]
    yield helper.make_node("DynamicQuantizeMatMul", inputs, [result], name=node.name, domain=_MICROSOFT)
    if len(apart):
        names = [f"{name}.apart", f"{name}.fine"]
        yield helper.make_node("Gather", [given, made.keep(f"{name}.which", apart)], names[:1], axis=-1)
        yield helper.make_node("MatMul", [names[0], made.keep(f"{name}.full", weights[apart])], names[1:])
        yield helper.make_node("Add", [result, names[1]], list(bias.output))


def _evening(largest: Floats, weights: Floats) -> Floats:
    """What each channel is multiplied with, so that its values and its weights are equally far apart."""
    heaviest = np.maximum(np.abs(weights).max(axis=1), 1e-6)
    spread = np.maximum(np.sqrt(np.maximum(largest, 1e-6) / heaviest), 1e-3)
    return np.asarray(np.exp(np.log(spread).mean()) / spread, dtype=np.float32)


def _tables(graph: GraphProto) -> dict[str, TensorProto]:
    return {
        tensor.name: tensor
        for tensor in graph.initializer
        if len(tensor.dims) == 2 and tensor.data_type == TensorProto.FLOAT
    }


def _is_linear(node: NodeProto, tables: Mapping[str, TensorProto]) -> bool:
    return node.op_type == "MatMul" and node.input[1] in tables


def _biases(model: ModelProto, tables: Mapping[str, TensorProto]) -> dict[str, NodeProto]:
    """For each linear layer's output the Add of its bias, where nothing else reads that output."""
    flat = {tensor.name for tensor in model.graph.initializer if len(tensor.dims) == 1}
    readers: dict[str, list[NodeProto]] = {}
    for node in model.graph.node:
        for name in node.input:
            readers.setdefault(name, []).append(node)
    found = {}
    for node in model.graph.node:
        after = readers.get(node.output[0], [])
        if _is_linear(node, tables) and len(after) == 1 and _adds(after[0], flat):
            found[node.output[0]] = after[0]
    return found


def _adds(node: NodeProto, flat: Iterable[str]) -> bool:
    return node.op_type == "Add" and any(name in flat for name in node.input)
