"""Linear layers in int8: near what they were, also where a few channels are far larger than the rest."""

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from knowledge_base.int8 import in_int8_blocks, in_int8_columns, linear_inputs

DEPTH, WIDTH = 256, 128
RANDOM = np.random.default_rng(7)
WEIGHTS = RANDOM.normal(0, 0.05, (DEPTH, WIDTH)).astype(np.float32)
BIAS = RANDOM.normal(0, 0.05, WIDTH).astype(np.float32)


def layer(*, normed: bool):
    """One linear layer with its bias, behind a layer norm or behind nothing."""
    nodes, weights = [], {"weights": WEIGHTS, "bias": BIAS}
    if normed:
        weights |= {"scale": np.ones(DEPTH, np.float32)}
        weights["scale"][3] = 30
        nodes.append(helper.make_node("LayerNormalization", ["given", "scale"], ["into"], axis=-1))
    else:
        nodes.append(helper.make_node("Identity", ["given"], ["into"]))
    nodes.append(helper.make_node("MatMul", ["into", "weights"], ["product"]))
    nodes.append(helper.make_node("Add", ["product", "bias"], ["found"]))
    graph = helper.make_graph(
        nodes,
        "layer",
        [helper.make_tensor_value_info("given", TensorProto.FLOAT, [1, "rows", DEPTH])],
        [helper.make_tensor_value_info("found", TensorProto.FLOAT, [1, "rows", WIDTH])],
        [numpy_helper.from_array(values, name) for name, values in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])
    model.ir_version = 9
    return model


def run(model, given):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(model.SerializeToString(), options).run(None, {"given": given})[0]


def error(model, whole, given):
    """The error of what `model` finds, as a share of what `whole` does."""
    expected = run(whole, given)
    return float(np.abs(run(model, given) - expected).mean() / np.abs(expected).mean())


def rows(*, with_outlier: bool):
    given = RANDOM.normal(size=(1, 12, DEPTH)).astype(np.float32)
    if with_outlier:
        given[0, 0, 5] = 90
    return given


def kinds(model):
    return [node.op_type for node in model.graph.node]


def largest(given, *, normed=False):
    """The largest value of each channel that goes into the linear layer."""
    into = given
    if normed:
        into = (given - given.mean(axis=-1, keepdims=True)) / given.std(axis=-1, keepdims=True)
        into = into * np.where(np.arange(DEPTH) == 3, 30, 1)
    return {"into": np.abs(into).reshape(-1, DEPTH).max(axis=0).astype(np.float32)}


def test_blocks_keep_a_layer_near_what_it_was():
    whole = layer(normed=False)
    assert "MatMulNBits" in kinds(in_int8_blocks(whole))
    assert error(in_int8_blocks(whole), whole, rows(with_outlier=False)) < 0.015


def test_columns_keep_a_layer_near_what_it_was_and_its_bias_within():
    whole, given = layer(normed=False), rows(with_outlier=False)
    small = in_int8_columns(whole, largest(given))
    assert kinds(small) == ["Identity", "DynamicQuantizeMatMul"]
    assert error(small, whole, given) < 0.02


def test_a_channel_far_larger_than_the_rest_is_multiplied_in_full_precision():
    whole, given = layer(normed=False), rows(with_outlier=True)
    seen = largest(given)
    small = in_int8_columns(whole, seen)
    coarse = in_int8_columns(whole, {"into": np.ones_like(seen["into"])})
    assert error(small, whole, given) < 0.02 < 0.05 < error(coarse, whole, given)


def test_what_comes_from_a_layer_norm_is_evened_out():
    whole, given = layer(normed=True), rows(with_outlier=False)
    small = in_int8_columns(whole, largest(given, normed=True))
    assert kinds(small) == ["LayerNormalization", "Mul", "DynamicQuantizeMatMul"]
    assert error(small, whole, given) < 0.05


def test_a_layer_whose_product_is_read_twice_keeps_its_weights():
    whole = layer(normed=False)
    whole.graph.node.append(helper.make_node("Relu", ["product"], ["again"]))
    small = in_int8_columns(whole, {"into": np.ones(DEPTH, np.float32)})
    assert kinds(small) == ["Identity", "MatMul", "Add", "Relu"]


def test_the_inputs_of_linear_layers_are_named_once_each():
    whole = layer(normed=False)
    whole.graph.node.append(helper.make_node("MatMul", ["into", "weights"], ["other"]))
    assert linear_inputs(whole) == ["into"]
