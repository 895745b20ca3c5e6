# SPDX-License-Identifier: Apache-2.0
"""An exported model, read by Python TensorFlow: values, not loading.

HYPERNET4J_MODEL names a version folder (the one that holds saved_model.pb). Every number is
compared with what the trained Java session recorded in the model's assets.extra.
"""

import hashlib
import json

import numpy as np
import pytest

import exported_model
from exported_model import answering, assert_close, assert_outputs, of_one_size, searches

FOLDER = exported_model.folder()
EXTRA = FOLDER / "assets.extra"
tf = pytest.importorskip("tensorflow")


@pytest.fixture(scope="module")
def manifest():
    return exported_model.manifest()


@pytest.fixture(scope="module")
def cases():
    return exported_model.reference_cases()


@pytest.fixture(scope="module")
def model():
    return tf.saved_model.load(str(FOLDER))


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
    assert listed.pop("_CHECKPOINTABLE_OBJECT_GRAPH") == []
    assert listed == {
        entry["name"] + "/.ATTRIBUTES/VARIABLE_VALUE": entry["shape"]
        for entry in manifest["parameters"]
    }


def test_the_loaded_object_has_the_trainable_variables(model, manifest):
    names = [variable.name.split(":")[0] for variable in model.trainable_variables]
    assert names == [entry["name"] for entry in manifest["parameters"] if entry["trainable"]]


def test_a_model_saved_again_gives_the_same_outputs(model, manifest, cases, tmp_path):
    tf.saved_model.save(model, str(tmp_path), signatures=dict(model.signatures))
    again = tf.saved_model.load(str(tmp_path))
    for signature, inputs, outputs in cases:
        answer = again.signatures[signature](
            **{alias: tf.constant(value) for alias, value in inputs.items()}
        )
        assert_outputs(answer, outputs, manifest["tolerance"], signature)


def test_a_changed_variable_changes_the_answers(manifest, cases):
    # also inside tf.function, where a call without side effects would be folded into a constant
    changed = tf.saved_model.load(str(FOLDER))
    signature, inputs, outputs = next(case for case in cases if case[0] == "serving_default")

    @tf.function
    def call(arguments):
        return changed.signatures[signature](**arguments)

    arguments = {alias: tf.constant(value) for alias, value in inputs.items()}
    alias = next(alias for alias, value in outputs.items() if value.dtype.kind == "f")
    assert_close(call(arguments)[alias], outputs[alias], manifest["tolerance"], alias)
    for variable in changed.trainable_variables:
        variable.assign_add(tf.ones_like(variable))
    assert np.abs(call(arguments)[alias].numpy() - outputs[alias]).max() > 1e-3


def test_every_signature_gives_the_reference_outputs(model, manifest, cases):
    assert set(model.signatures) == set(manifest["signatures"])
    assert {signature for signature, _, _ in cases} == set(manifest["signatures"])
    for signature, inputs, outputs in cases:
        answer = model.signatures[signature](
            **{alias: tf.constant(value) for alias, value in inputs.items()}
        )
        assert_outputs(answer, outputs, manifest["tolerance"], signature)


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


def test_gradients_flow_through_the_signatures(model, manifest, cases):
    """Through serving_default; through another to the parameters that only that one reads."""
    entries = manifest["parameters"]
    other = next((key for key in ("score", "found") if key in manifest["signatures"]), None)
    read = {
        entry["name"]
        for entry in (answering(entries) if other else entries)
        if entry["trainable"] and not searches(manifest)
    }
    variables = {variable.name.split(":")[0]: variable for variable in model.trainable_variables}
    assert read or other
    for key, names in (("serving_default", read), (other, variables.keys() - read)):
        if not names:
            continue
        _, inputs, _ = next(case for case in cases if case[0] == key)
        with tf.GradientTape() as tape:
            answer = model.signatures[key](
                **{alias: tf.constant(value) for alias, value in inputs.items()}
            )
            floats = [tensor for tensor in answer.values() if tensor.dtype.is_floating]
            # squares: the sum of a softmax alone has no gradient
            loss = tf.add_n([tf.reduce_sum(tf.square(tensor)) for tensor in floats])
        gradients = tape.gradient(loss, {name: variables[name] for name in names})
        for name, gradient in gradients.items():
            assert gradient is not None, name
            value = tf.convert_to_tensor(gradient).numpy()
            assert np.isfinite(value).all(), name
            assert np.abs(value).max() > 0, name


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
            assert_outputs(answer, outputs, manifest["tolerance"], signature)


def test_loading_did_not_change_the_files(manifest):
    for name, entry in manifest["files"].items():
        data = (FOLDER / name).read_bytes()
        assert len(data) == entry["bytes"], name
        assert hashlib.sha256(data).hexdigest() == entry["sha256"], name


def warm_up_requests():
    """(signature, inputs by alias) of each record, by the field numbers of TensorFlow Serving."""

    def fields(message):
        at = 0

        def varint():
            nonlocal at
            value = shift = 0
            while True:
                byte = message[at]
                at += 1
                value |= (byte & 0x7F) << shift
                shift += 7
                if byte < 0x80:
                    return value

        while at < len(message):
            tag = varint()
            assert tag & 7 == 2, "only nested messages and texts are expected"
            size = varint()
            yield tag >> 3, message[at : at + size]
            at += size

    # the data set checks both checksums of each record
    for record in tf.data.TFRecordDataset(str(EXTRA / "tf_serving_warmup_requests")):
        ((log, predict),) = fields(record.numpy())
        assert log == 6
        ((number, request),) = fields(predict)
        assert number == 1
        signature, inputs = None, {}
        for field, value in fields(request):
            if field == 1:
                signature = dict(fields(value))[3].decode()
            else:
                assert field == 2
                entry = dict(fields(value))
                tensor = tf.make_tensor_proto(0).__class__.FromString(entry[2])
                inputs[entry[1].decode()] = tf.make_ndarray(tensor)
        yield signature, inputs


def test_warm_up_requests_give_the_reference_outputs(model, manifest, cases):
    served = {key: set() for key in manifest["signatures"]}
    for key, inputs in warm_up_requests():
        assert set(inputs) == set(manifest["signatures"][key]["inputs"])
        batch = len(next(iter(inputs.values())))
        served[key].add(batch)
        answer = model.signatures[key](
            **{alias: tf.constant(value) for alias, value in inputs.items()}
        )
        # its rows are those of a reference case over and over: rows are independent
        matching = [
            (case_outputs, rows)
            for case_key, case_inputs, case_outputs in cases
            if case_key == key
            for rows in [np.arange(batch) % len(next(iter(case_inputs.values())))]
            if all(
                case_inputs[alias].shape[1:] == value.shape[1:]
                and np.array_equal(case_inputs[alias][rows], value)
                for alias, value in inputs.items()
            )
        ]
        assert matching, f"{key} with {batch} rows is made of no reference case"
        outputs, rows = matching[0]
        for alias, expected in outputs.items():
            actual = np.asarray(answer[alias])
            assert len(actual) == batch, f"{key}.{alias}"
            expected = expected[rows]
            if actual.shape != expected.shape:
                # as long as the longest row of the batch
                actual, expected = of_one_size([actual, expected], manifest)
            assert_close(actual, expected, manifest["tolerance"], f"{key}.{alias}, {batch} rows")
    assert all(sizes == {1, 8, 32} for sizes in served.values()), served


def test_rest_requests_have_the_answers_of_their_signatures(model, manifest):
    requests = EXTRA / "requests"
    assert sorted(path.name for path in requests.iterdir()) == sorted(
        name + end for name in manifest["signatures"] for end in (".json", ".expected.json")
    )
    for key, entry in manifest["signatures"].items():
        request = json.loads((requests / f"{key}.json").read_text())
        expected = json.loads((requests / f"{key}.expected.json").read_text())
        assert request.pop("signature_name") == key
        ((form, sent),) = request.items()
        ((back, answer),) = expected.items()
        assert (form, back) in [("instances", "predictions"), ("inputs", "outputs")]
        specs = model.signatures[key].structured_input_signature[1]
        columns = in_columns(form == "instances", sent, entry["inputs"])
        actual = model.signatures[key](
            **{
                alias: tf.constant(values, dtype=specs[alias].dtype)
                for alias, values in columns.items()
            }
        )
        told = in_columns(form == "instances", answer, entry["outputs"])
        for alias, tensor in actual.items():
            values = np.asarray(told[alias], dtype=tensor.numpy().dtype)
            assert_close(tensor, values, manifest["tolerance"], f"{key}.{alias}")


def in_columns(by_row, values, entries):
    """Nested lists by alias, from the row or the column form; a lone tensor is bare."""
    if len(entries) == 1:
        return {alias: values for alias in entries}
    if by_row:
        return {alias: [row[alias] for row in values] for alias in entries}
    assert set(values) == set(entries)
    return values
