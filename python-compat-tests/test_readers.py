# SPDX-License-Identifier: Apache-2.0
"""Other readers of an exported model than tf.saved_model.load: each with the reference outputs.

HYPERNET4J_MODEL names a version folder (the one that holds saved_model.pb). The gradients that Java
took at the same values lie beside the model's folder, as NAME-gradients.npz, where a test of the
library exported it.
"""

import hashlib
import subprocess
import sys

import numpy as np
import pytest

import exported_model
from exported_model import answering, assert_outputs, widened

FOLDER = exported_model.folder()
tf = pytest.importorskip("tensorflow")
keras = pytest.importorskip("keras")

MANIFEST = exported_model.manifest()
CASES = exported_model.reference_cases()
TOLERANCE = MANIFEST["tolerance"]
KEYS = list(MANIFEST["signatures"])


def case_of(key):
    """The first reference case of a signature: (inputs, outputs)."""
    return next((inputs, outputs) for signature, inputs, outputs in CASES if signature == key)


def constants(inputs):
    return {alias: tf.constant(value) for alias, value in inputs.items()}


@pytest.fixture(scope="module")
def model():
    return tf.saved_model.load(str(FOLDER))


def test_saved_model_cli_runs_a_signature(tmp_path):
    key = "step" if "step" in KEYS else "serving_default"  # several inputs where there are
    inputs, outputs = case_of(key)
    np.savez(tmp_path / "inputs.npz", **inputs)
    files = ";".join(f"{alias}={tmp_path / 'inputs.npz'}[{alias}]" for alias in inputs)
    subprocess.run(
        [sys.executable, "-m", "tensorflow.python.tools.saved_model_cli", "run",
         "--dir", str(FOLDER), "--tag_set", "serve", "--signature_def", key,
         "--inputs", files, "--outdir", str(tmp_path / "out")],
        check=True, capture_output=True)
    written = {path.stem: np.load(path) for path in (tmp_path / "out").glob("*.npy")}
    assert_outputs(written, outputs, TOLERANCE, key)


def concatenated(first, second):
    """Along axis 0; what is as long as the longest row of its batch is filled up."""
    both = {}
    for alias in first:
        parts = [np.asarray(first[alias]), np.asarray(second[alias])]
        if parts[0].ndim > 1 and parts[0].shape[1] != parts[1].shape[1]:
            width = max(part.shape[1] for part in parts)
            parts = [widened(part, width) for part in parts]
        both[alias] = np.concatenate(parts)
    return both


@pytest.mark.parametrize("key", KEYS)
def test_two_requests_in_one_batch_get_their_own_answers(model, key):
    # what a server with --enable_batching does
    inputs, _ = max((case for case in CASES if case[0] == key), key=rows)[1:]
    count = len(next(iter(inputs.values())))
    assert count > 1, "a batch of one row can show nothing"
    first = {alias: value[: count // 2] for alias, value in inputs.items()}
    second = {alias: value[count // 2 :] for alias, value in inputs.items()}
    call = model.signatures[key]
    apart = concatenated(call(**constants(first)), call(**constants(second)))
    assert_outputs(call(**constants(inputs)), apart, TOLERANCE, key)
    # rows in another order: nothing hangs on the place in the batch
    turned = call(**constants({alias: value[::-1] for alias, value in inputs.items()}))
    back = {alias: np.asarray(value)[::-1] for alias, value in turned.items()}
    assert_outputs(back, apart, TOLERANCE, key)


def rows(case):
    return len(next(iter(case[1].values())))


def answered(answer):
    """What a loss is taken of: logits, or the parameters of a density."""
    if "logits" in answer:
        return [answer["logits"]]
    return [answer[alias] for alias in sorted(answer)]


def variables_of(model):
    """The trainable variables that serving_default reads."""
    names = {entry["name"] for entry in answering(MANIFEST["parameters"])}
    return [v for v in model.trainable_variables if v.name.split(":")[0] in names]


def half_squared(model, inputs):
    answer = answered(model.signatures["serving_default"](**inputs))
    return 0.5 * tf.add_n([tf.reduce_sum(tf.square(values)) for values in answer])


@pytest.fixture(scope="module")
def gradients(model):
    """Through the signature, by variable name, at the first reference case."""
    inputs = constants(case_of("serving_default")[0])
    with tf.GradientTape() as tape:
        loss = half_squared(model, inputs)
    variables = variables_of(model)
    taken = tape.gradient(loss, variables)
    return {
        variable.name.split(":")[0]: tf.convert_to_tensor(gradient).numpy()
        for variable, gradient in zip(variables, taken)
    }


def test_gradients_are_those_that_java_took(gradients):
    file = FOLDER.parents[1] / f"{MANIFEST['model']}-gradients.npz"
    if not file.exists():
        pytest.skip(f"{file} is not there: only models that the library's own tests export have it")
    with np.load(file) as taken:
        assert set(taken.files) == set(gradients)
        for name, gradient in gradients.items():
            assert gradient.shape == taken[name].shape, name
            assert np.abs(gradient).max() > 0, name
            np.testing.assert_allclose(
                gradient, taken[name], rtol=0, atol=1e-4 * np.abs(taken[name]).max(), err_msg=name)


def test_gradients_are_the_slopes_of_the_loss(gradients):
    # central differences, along each variable's own gradient: there the slope is its length
    changed = tf.saved_model.load(str(FOLDER))
    inputs = constants(case_of("serving_default")[0])

    @tf.function  # a direct call costs Python more than the model
    def answer():
        return answered(changed.signatures["serving_default"](**inputs))

    def loss():
        return 0.5 * sum(np.square(one.numpy().astype(np.float64)).sum() for one in answer())

    before = loss()
    for variable in variables_of(changed):
        name = variable.name.split(":")[0]
        length = np.linalg.norm(gradients[name])
        assert length > 0, name
        value = variable.numpy()
        # changes the loss by a five-thousandth: well above float32's rounding, and nearly straight
        pace = min(2e-4 * max(before, 1e-3) / length, 3e-3)
        step = pace * gradients[name] / length
        variable.assign(value + step)
        above = loss()
        variable.assign(value - step)
        below = loss()
        variable.assign(value)
        assert (above - below) / (2 * pace) == pytest.approx(length, rel=0.01), name


def loss_against_labels(outputs):
    """Cross entropy of labels drawn for logits of this shape."""
    *front, classes = outputs["logits"].shape
    labels = np.random.RandomState(1).randint(classes, size=front)
    return lambda answer: tf.reduce_mean(
        tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=answer["logits"]))


def loss_against_a_point(answer):
    """How far a density's means, weighed, are from (5, -5), and its pen from lifting."""
    mean = tf.reduce_sum(answer["pi"][..., None] * answer["mu"], axis=-2)
    spread = tf.reduce_mean(answer["sigma"]) + tf.reduce_mean(tf.square(answer["rho"]))
    pen = answer["pen"]
    lift = pen if pen.shape.rank == 2 else pen[..., 1]
    return tf.reduce_mean(tf.abs(mean - [5.0, -5.0])) + spread - tf.reduce_mean(tf.math.log(lift))


def test_a_model_fine_tuned_in_python_is_saved_and_read_again(tmp_path):
    tuned = tf.saved_model.load(str(FOLDER))
    before = {v.name: v.numpy() for v in tuned.trainable_variables}
    inputs, outputs = case_of("serving_default")
    loss_of = loss_against_labels(outputs) if "logits" in outputs else loss_against_a_point
    optimizer = keras.optimizers.Adam(0.01)

    @tf.function
    def train():
        with tf.GradientTape() as tape:
            loss = loss_of(tuned.signatures["serving_default"](**constants(inputs)))
        variables = variables_of(tuned)
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        return loss

    losses = [float(train()) for _ in range(10)]
    assert losses[-1] < 0.9 * losses[0], losses
    assert np.isfinite(losses).all()

    tf.saved_model.save(tuned, str(tmp_path), signatures=dict(tuned.signatures))
    again = tf.saved_model.load(str(tmp_path))
    assert [v.name for v in again.trainable_variables] == list(before)
    for kept, saved in zip(again.trainable_variables, tuned.trainable_variables):
        np.testing.assert_array_equal(kept.numpy(), saved.numpy(), err_msg=kept.name)
    for kept in variables_of(again):
        assert np.abs(kept.numpy() - before[kept.name]).max() > 0, kept.name
    for key, case_inputs, _ in CASES:
        answer = tuned.signatures[key](**constants(case_inputs))
        assert_outputs(
            again.signatures[key](**constants(case_inputs)),
            {alias: value.numpy() for alias, value in answer.items()}, TOLERANCE, key)


@pytest.mark.parametrize("key", sorted({"serving_default", "step"} & set(KEYS)))
def test_a_keras_layer_of_a_signature(key):
    layer = keras.layers.TFSMLayer(str(FOLDER), call_endpoint=key)
    # Keras has no slashes in names
    entries = {
        entry["name"].replace("/", "_"): entry
        for entry in answering(MANIFEST["parameters"], key)}
    names = {weight.name.split(":")[0]: weight.numpy() for weight in layer.trainable_weights}
    assert set(names) == set(entries)
    for name, value in names.items():
        assert list(value.shape) == entries[name]["shape"], name
        digest = hashlib.sha256(value.astype("<f4").tobytes()).hexdigest()
        assert digest == entries[name]["sha256"], name
    for signature, inputs, outputs in CASES:
        if signature == key:
            # the layer takes one argument by position, and that is the first by name
            first, *others = sorted(inputs)
            answer = layer(
                tf.constant(inputs[first]), **{alias: tf.constant(inputs[alias]) for alias in others})
            assert_outputs(answer, outputs, TOLERANCE, key)


def test_a_keras_model_with_the_layer_inside_predicts():
    inputs, outputs = case_of("serving_default")
    places = {
        alias: keras.Input(value.shape[1:], dtype=value.dtype.name, name=alias)
        for alias, value in inputs.items()}
    layer = keras.layers.TFSMLayer(str(FOLDER), call_endpoint="serving_default")
    first, *others = sorted(places)
    outcome = layer(places[first], **{alias: places[alias] for alias in others})
    answer = keras.Model(places, outcome).predict(
        inputs, batch_size=len(inputs[first]), verbose=0)
    assert_outputs(answer, outputs, TOLERANCE, "serving_default")


@pytest.mark.parametrize("key", KEYS)
def test_tflite_converts_and_runs_a_signature(key):
    converter = tf.lite.TFLiteConverter.from_saved_model(str(FOLDER), signature_keys=[key])
    if key == "sample":  # its random bits need TensorFlow's own kernels
        converter.target_spec.supported_ops = [
            tf.lite.OpsSet.TFLITE_BUILTINS, tf.lite.OpsSet.SELECT_TF_OPS]
    runner = tf.lite.Interpreter(model_content=converter.convert()).get_signature_runner(key)
    for signature, inputs, outputs in CASES:
        if signature == key:
            try:
                answer = runner(**inputs)
            except RuntimeError as error:
                if key == "sample" and "Flex delegate" in str(error):
                    pytest.skip("the TFLite of this TensorFlow comes without TensorFlow's kernels")
                raise
            assert_outputs(answer, outputs, TOLERANCE, key)


def test_onnx_runtime_gives_the_reference_outputs(tmp_path):
    pytest.importorskip("tf2onnx", reason="tf2onnx is not installed (requirements-onnx.txt)")
    runtime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    key, file = "serving_default", tmp_path / "model.onnx"
    converted = subprocess.run(
        [sys.executable, "-m", "tf2onnx.convert", "--saved-model", str(FOLDER), "--tag", "serve",
         "--signature_def", key, "--opset", "17", "--output", str(file)],
        capture_output=True, text=True)
    if converted.returncode and "step" in KEYS:
        # tf2onnx 1.17 knows loops as TensorFlow 2's Python writes them; ours it does not take apart
        pytest.skip("tf2onnx does not convert this loop: " + converted.stderr.splitlines()[-1])
    assert converted.returncode == 0, converted.stderr
    session = runtime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    aliases = [output.name.split(":")[0] for output in session.get_outputs()]
    for signature, inputs, outputs in CASES:
        if signature == key:
            fed = {one.name: inputs[one.name.split(":")[0]] for one in session.get_inputs()}
            answer = dict(zip(aliases, session.run(None, fed)))
            assert_outputs(answer, outputs, TOLERANCE, key)
