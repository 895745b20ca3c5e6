"""An exported model, read by Python TensorFlow: values, not loading.

HYPERNET4J_MODEL names a version folder (the one that holds saved_model.pb). Every number is
compared with what the trained Java session recorded in the model's assets.extra.
"""

import hashlib
import json
import os
import pathlib

import numpy as np
import pytest

MODEL = os.environ.get("HYPERNET4J_MODEL")
if not MODEL:
    pytest.skip("HYPERNET4J_MODEL is not set to a version folder", allow_module_level=True)

tf = pytest.importorskip("tensorflow")

FOLDER = pathlib.Path(MODEL)
EXTRA = FOLDER / "assets.extra"


@pytest.fixture(scope="module")
def manifest():
    return json.loads((EXTRA / "manifest.json").read_text())


@pytest.fixture(scope="module")
def cases():
    """Reference cases: signature, inputs and outputs as arrays by alias."""
    index = json.loads((EXTRA / "reference.json").read_text())["cases"]
    with np.load(EXTRA / "reference.npz") as arrays:
        return [
            (
                case["signature"],
                {alias: arrays[entry["array"]] for alias, entry in case["inputs"].items()},
                {alias: arrays[entry["array"]] for alias, entry in case["outputs"].items()},
            )
            for case in index
        ]


@pytest.fixture(scope="module")
def model():
    return tf.saved_model.load(str(FOLDER))


def assert_close(actual, expected, tolerance, where):
    actual = np.asarray(actual)
    assert actual.shape == expected.shape, where
    assert actual.dtype == expected.dtype, where
    if expected.dtype.kind != "f":
        np.testing.assert_array_equal(actual, expected, err_msg=where)
        return
    assert np.isfinite(actual).all(), where
    np.testing.assert_allclose(
        actual,
        expected,
        atol=tolerance["absolute"],
        rtol=tolerance["relative"],
        equal_nan=False,
        err_msg=where,
    )


def test_variables_have_the_exported_names_and_values(model, manifest):
    found = {variable.name.split(":")[0]: variable for variable in model.variables}
    assert sorted(found) == sorted(entry["name"] for entry in manifest["parameters"])
    for entry in manifest["parameters"]:
        value = found[entry["name"]].numpy()
        assert list(value.shape) == entry["shape"], entry["name"]
        digest = hashlib.sha256(value.astype("<f4").tobytes()).hexdigest()
        assert digest == entry["sha256"], entry["name"]
        assert found[entry["name"]].trainable == entry["trainable"], entry["name"]
    assert sum(v.shape.num_elements() for v in found.values()) == manifest["parameterCount"]


def test_checkpoint_lists_every_variable(manifest):
    listed = dict(tf.train.list_variables(str(FOLDER / "variables" / "variables")))
    assert listed == {entry["name"]: entry["shape"] for entry in manifest["parameters"]}


def test_every_signature_gives_the_reference_outputs(model, manifest, cases):
    assert set(model.signatures) == set(manifest["signatures"])
    assert {signature for signature, _, _ in cases} == set(manifest["signatures"])
    for signature, inputs, outputs in cases:
        answer = model.signatures[signature](
            **{alias: tf.constant(value) for alias, value in inputs.items()}
        )
        assert set(answer) == set(outputs), signature
        for alias, expected in outputs.items():
            assert_close(answer[alias], expected, manifest["tolerance"], f"{signature}.{alias}")


def test_signature_shapes_are_those_of_the_manifest(model, manifest):
    for key, entry in manifest["signatures"].items():
        signature = model.signatures[key]
        specs = signature.structured_input_signature[1]
        assert set(specs) == set(entry["inputs"])
        for alias, tensor in entry["inputs"].items():
            shape = [-1 if size is None else size for size in specs[alias].shape.as_list()]
            assert shape == tensor["shape"], f"{key}.{alias}"
            assert shape[0] == -1, f"{key}.{alias}"
        for alias, tensor in entry["outputs"].items():
            assert signature.structured_outputs[alias].shape.as_list()[0] is None, alias
            assert tensor["shape"][0] == -1, f"{key}.{alias}"


def test_gradients_flow_through_serving_default(model, cases):
    signature, inputs, _ = next(case for case in cases if case[0] == "serving_default")
    trainable = [variable for variable in model.variables if variable.trainable]
    assert trainable
    with tf.GradientTape() as tape:
        answer = model.signatures[signature](
            **{alias: tf.constant(value) for alias, value in inputs.items()}
        )
        floats = [tensor for tensor in answer.values() if tensor.dtype.is_floating]
        # squares: the sum of a softmax alone has no gradient
        loss = tf.add_n([tf.reduce_sum(tf.square(tensor)) for tensor in floats])
    for variable, gradient in zip(trainable, tape.gradient(loss, trainable)):
        assert gradient is not None, variable.name
        value = tf.convert_to_tensor(gradient).numpy()
        assert np.isfinite(value).all(), variable.name
        assert np.abs(value).max() > 0, variable.name


def test_the_tensorflow_1_loader_gives_the_reference_outputs(manifest, cases):
    # what saved_model_cli run does
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        loaded = tf.compat.v1.saved_model.load(session, ["serve"], str(FOLDER))
        for signature, inputs, outputs in cases:
            definition = loaded.signature_def[signature]
            assert definition.method_name == "tensorflow/serving/predict"
            answer = session.run(
                {alias: info.name for alias, info in definition.outputs.items()},
                {definition.inputs[alias].name: value for alias, value in inputs.items()},
            )
            for alias, expected in outputs.items():
                assert_close(answer[alias], expected, manifest["tolerance"], f"{signature}.{alias}")


def test_loading_did_not_change_the_files(manifest):
    for name, entry in manifest["files"].items():
        data = (FOLDER / name).read_bytes()
        assert len(data) == entry["bytes"], name
        assert hashlib.sha256(data).hexdigest() == entry["sha256"], name
