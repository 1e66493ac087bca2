"""The lean graph: a BERT only, whatever else is refused by name."""

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from knowledge_base.lean_graph import ForeignGraphError, lean


def graph_of(*nodes, **weights):
    return helper.make_model(
        helper.make_graph(
            list(nodes),
            "other",
            [helper.make_tensor_value_info("input_ids", TensorProto.FLOAT, [1, 4])],
            [helper.make_tensor_value_info(nodes[-1].output[0], TensorProto.FLOAT, None)],
            [numpy_helper.from_array(values, name) for name, values in weights.items()],
        ),
        opset_imports=[helper.make_opsetid("", 18)],
    )


def test_an_operator_that_no_bert_has_is_named():
    with pytest.raises(ForeignGraphError, match="no Relu"):
        lean(graph_of(helper.make_node("Relu", ["input_ids"], ["found"])))


def test_a_layer_without_weights_of_its_own_is_refused():
    with pytest.raises(ForeignGraphError, match="input_ids is no weight"):
        lean(graph_of(helper.make_node("MatMul", ["input_ids", "input_ids"], ["found"])))


def test_a_layer_with_fewer_inputs_than_a_bert_has_is_refused():
    norm = helper.make_node(
        "SkipLayerNormalization", ["input_ids", "input_ids", "scale"], ["found"], domain="com.microsoft"
    )
    with pytest.raises(ForeignGraphError, match="has 3 inputs"):
        lean(graph_of(norm, scale=np.ones(4, np.float32)))
