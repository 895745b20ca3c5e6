# SPDX-License-Identifier: Apache-2.0
"""Continual learning with a hypernetwork in NumPy float64: every number of nine steps.

Three tasks of three steps each. A chunked hypernetwork makes the weights of a net 3-4-6, of whose
outputs each task has two. Gradients are complex steps, entry by entry, so that nothing of them
comes from a rule of differentiation; Adam is its formula, with a fresh one for every task.

    python python-compat-tests/numpy_reference/continual.py

writes src/test/resources/conditioned/continual.npz.
"""

import pathlib
from math import sqrt

import numpy as np

FILE = pathlib.Path(__file__).resolve().parents[2] / "src/test/resources/conditioned/continual.npz"
TASKS, STEPS, BATCH, CLASSES = 3, 3, 5, 2
TASK_SIZE, CHUNK_SIZE, HIDDEN, CHUNK = 2, 2, 5, 12
SHAPES = {"dense0/kernel": (3, 4), "dense0/bias": (4,), "dense1/kernel": (4, 6), "dense1/bias": (6,)}
FAN_IN = {"dense0/kernel": 3, "dense0/bias": 3, "dense1/kernel": 4, "dense1/bias": 4}
BETA, RATE = 0.5, 0.05
EMBEDDINGS = "tasks/z"
STEP = 1e-100


def relu(x):
    return np.where(np.real(x) > 0, x, 0)


def generated(p, e):
    """f(e, Theta): all weights of the net for one embedding."""
    weights = sum(int(np.prod(shape)) for shape in SHAPES.values())
    chunks = -(-weights // CHUNK)
    z = np.concatenate([np.broadcast_to(e, (chunks, len(e))), p["embeddings/chunks/z"]], axis=1)
    h = relu(z @ p["generator/hidden0/W"] + p["generator/hidden0/b"])
    flat = (h @ p["generator/output/W"] + p["generator/output/b"]).reshape(-1)
    made, first = {}, 0
    for name, shape in SHAPES.items():
        size = int(np.prod(shape))
        scale = sqrt(FAN_IN["dense0/kernel"] / FAN_IN[name])
        made[name] = scale * flat[first:first + size].reshape(shape)
        first += size
    return made


def loss(p, e, task, x, y):
    """The mean cross entropy of a task by its own outputs."""
    w = generated(p, e)
    h = relu(x @ w["dense0/kernel"] + w["dense0/bias"])
    logits = (h @ w["dense1/kernel"] + w["dense1/bias"])[:, CLASSES * task:CLASSES * (task + 1)]
    log_z = np.log(np.exp(logits).sum(axis=1))
    return (log_z - logits[np.arange(len(y)), y]).mean()


def drift(p, stars, z, task):
    """beta / n times the sum over earlier tasks of || f(e, Theta*) - f(e, Theta) ||^2."""
    total = 0
    for t in range(task):
        now = generated(p, z[t])
        total = total + sum(((stars[t][name] - now[name]) ** 2).sum() for name in SHAPES)
    return BETA / task * total


def gradient(function, p):
    """Of a scalar by every entry of {name: array}."""
    result = {}
    for name, value in p.items():
        flat = np.zeros(value.size)
        for i in range(value.size):
            shifted = value.astype(complex).reshape(-1)
            shifted[i] += 1j * STEP
            flat[i] = np.imag(function(p | {name: shifted.reshape(value.shape)})) / STEP
        result[name] = flat.reshape(value.shape)
    return result


class Adam:
    """The form of TensorFlow; the settings are the float32 that the op is given."""

    beta1, beta2, epsilon = float(np.float32(0.9)), float(np.float32(0.999)), float(np.float32(1e-8))

    def __init__(self):
        self.m, self.v, self.t = {}, {}, 0

    def moments(self, name, g):
        m = self.beta1 * self.m.get(name, 0) + (1 - self.beta1) * g
        v = self.beta2 * self.v.get(name, 0) + (1 - self.beta2) * g * g
        return m, v

    def change(self, gradients):
        """What a step would add; nothing is remembered."""
        t = self.t + 1
        rate = RATE * sqrt(1 - self.beta2 ** t) / (1 - self.beta1 ** t)
        changes = {}
        for name, g in gradients.items():
            m, v = self.moments(name, g)
            changes[name] = -rate * m / (np.sqrt(v) + self.epsilon)
        return changes

    def step(self, gradients):
        changes = self.change(gradients)
        for name, g in gradients.items():
            self.m[name], self.v[name] = self.moments(name, g)
        self.t += 1
        return changes


def train(p, x, y, look_ahead):
    """The parameters after every step."""
    history = []
    for task in range(TASKS):
        adam = Adam()
        stars = [generated(p, p[EMBEDDINGS][t]) for t in range(task)]
        for step in range(STEPS):
            xs, ys = x[task * STEPS + step], y[task * STEPS + step]
            g = gradient(lambda q: loss(q, q[EMBEDDINGS][task], task, xs, ys), p)
            theta = {name: value for name, value in p.items() if name != EMBEDDINGS}
            if task > 0:
                changes = adam.change(g)
                ahead = {n: v + changes[n] if look_ahead else v for n, v in theta.items()}
                more = gradient(lambda q: drift(q, stars, p[EMBEDDINGS], task), ahead)
                g = g | {name: g[name] + more[name] for name in theta}
            changes = adam.step(g)
            p = {name: value + changes[name] for name, value in p.items()}
            history.append(p)
    return history


def beginning():
    draw = np.random.default_rng(34)  # no gradient is so small that float32 would matter
    chunks = -(-sum(int(np.prod(shape)) for shape in SHAPES.values()) // CHUNK)
    shapes = {
        "generator/hidden0/W": (TASK_SIZE + CHUNK_SIZE, HIDDEN), "generator/hidden0/b": (HIDDEN,),
        "generator/output/W": (HIDDEN, CHUNK), "generator/output/b": (CHUNK,),
        "embeddings/chunks/z": (chunks, CHUNK_SIZE), EMBEDDINGS: (TASKS, TASK_SIZE)}
    p = {n: draw.normal(size=shape).astype(np.float32).astype(float) for n, shape in shapes.items()}
    x = draw.normal(size=(TASKS * STEPS, BATCH, 3)).astype(np.float32).astype(float)
    y = draw.integers(0, CLASSES, size=(TASKS * STEPS, BATCH))
    return p, x, y


def arrays():
    p, x, y = beginning()
    made = {"x": x, "y": y.astype(np.int32)} | {f"begin:{n}": value for n, value in p.items()}
    for case, look_ahead in (("ahead", True), ("still", False)):
        for step, after in enumerate(train(p, x, y, look_ahead)):
            made |= {f"{case}:{step + 1}:{name}": value for name, value in after.items()}
    return made


def main():
    FILE.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(FILE, **arrays())


if __name__ == "__main__":
    main()
