# SPDX-License-Identifier: Apache-2.0
"""Networks of tasks in the exported model, against NumPy in float64.

Images here were never seen in Java, and neither were these mixtures of tasks.
"""

import numpy as np
import pytest

import exported_family
from exported_family import dense, relu

FOLDER = exported_family.folder("continual-split-mnist")
TASK_3 = exported_family.folder("continual-split-mnist-task3-baked")
tf = pytest.importorskip("tensorflow")

from keras_twin import read_export  # noqa: E402

CLASSES = 2


@pytest.fixture(scope="module")
def signatures():
    model = tf.saved_model.load(str(FOLDER))
    yield model.signatures  # the model must outlive them


@pytest.fixture(scope="module")
def w():
    return read_export(FOLDER)


@pytest.fixture(scope="module")
def nets(w):
    """The weights of every task's network: chunks end to end, cut up in order."""
    tasks = len(w["tasks/z"])
    hidden = 20
    shapes = {"dense0/kernel": (784, hidden), "dense0/bias": (hidden,),
              "dense1/kernel": (hidden, CLASSES * tasks), "dense1/bias": (CLASSES * tasks,)}
    made = []
    for e in w["tasks/z"]:
        chunks = w["embeddings/chunks/z"]
        h = np.concatenate([np.tile(e, (len(chunks), 1)), chunks], axis=1)
        for layer in ("hidden0", "hidden1"):
            h = relu(dense(h, w[f"generator/{layer}/W"], w[f"generator/{layer}/b"]))
        flat = dense(h, w["generator/output/W"], w["generator/output/b"]).reshape(-1)
        own, first = {}, 0
        for name, shape in shapes.items():
            size = int(np.prod(shape))
            # variance 2 / fan-in; chunks have that of the first kernel
            scale = np.sqrt(784 / hidden) if name.startswith("dense1") else 1
            own[name] = scale * flat[first:first + size].reshape(shape)
            first += size
        made.append(own)
    return made


@pytest.fixture(scope="module")
def images():
    return np.random.RandomState(3).random_sample((9, 28, 28, 1)).astype(np.float32)


def logits_of(nets, task, image):
    net = nets[task]
    h = relu(dense(image.reshape(-1), net["dense0/kernel"], net["dense0/bias"]))
    all_heads = dense(h, net["dense1/kernel"], net["dense1/bias"])
    return all_heads[CLASSES * task:CLASSES * (task + 1)]


def entropy(logits):
    p = np.exp(logits - logits.max())
    p /= p.sum()
    return -(p * np.log(p)).sum()


def test_every_row_by_the_network_of_its_task(signatures, nets, images):
    tasks = np.array([4, 0, 0, 3, 1, 4, 2, 0, 3], np.int32)
    answer = signatures["serving_default"](image=images, task=tasks)
    expected = np.stack([logits_of(nets, t, x) for t, x in zip(tasks, images)])
    np.testing.assert_allclose(answer["logits"], expected, rtol=1e-4, atol=1e-4)
    shares = np.exp(expected - expected.max(axis=1, keepdims=True))
    np.testing.assert_allclose(
        answer["probabilities"], shares / shares.sum(axis=1, keepdims=True), rtol=1e-3, atol=1e-5)
    np.testing.assert_array_equal(answer["class"], np.argmax(answer["logits"], axis=1))


def test_a_task_that_is_none_spoils_its_row_alone(signatures, nets, images):
    tasks = np.array([1, -1, 1, 5, 2, 1_000_000, 0, 4, 3], np.int32)
    answer = signatures["serving_default"](image=images, task=tasks)
    for i, task in enumerate(tasks):
        if 0 <= task < len(nets):
            np.testing.assert_allclose(
                answer["logits"][i], logits_of(nets, task, images[i]), rtol=1e-4, atol=1e-4)
        else:
            assert np.isnan(answer["logits"][i]).all()
            assert answer["class"][i] == -1


def test_the_task_of_the_least_entropy(signatures, nets, images):
    broken = images.copy()
    broken[4, 3, 3, 0] = np.nan
    answer = signatures["infer_task"](image=broken)
    assert answer["task"][4] == -1 and answer["class"][4] == -1
    for i in (0, 1, 2, 3, 5, 6, 7, 8):
        logits = [logits_of(nets, t, images[i]) for t in range(len(nets))]
        entropies = [entropy(each) for each in logits]
        np.testing.assert_allclose(answer["entropies"][i], entropies, rtol=1e-3, atol=1e-5)
        task = int(np.argmin(answer["entropies"][i]))
        assert answer["task"][i] == task
        assert answer["class"][i] == np.argmax(logits[task])


def test_no_rows_give_no_rows(signatures):
    nothing = np.zeros((0, 28, 28, 1), np.float32)
    answer = signatures["serving_default"](image=nothing, task=np.zeros(0, np.int32))
    assert answer["logits"].shape == (0, CLASSES)
    assert signatures["infer_task"](image=nothing)["entropies"].shape == (0, 5)


def test_one_task_folded(nets, images):
    v = read_export(TASK_3)
    own = slice(3 * CLASSES, 4 * CLASSES)
    expected = {name: value[..., own] if name.startswith("dense1") else value
                for name, value in nets[3].items()}
    assert set(v) == set(expected)
    for name, value in expected.items():
        np.testing.assert_allclose(v[name], value, rtol=1e-4, atol=1e-6, err_msg=name)
    model = tf.saved_model.load(str(TASK_3))
    answer = model.signatures["serving_default"](image=images)["logits"]
    for i, image in enumerate(images):
        np.testing.assert_allclose(answer[i], logits_of(nets, 3, image), rtol=1e-4, atol=1e-4)
