# SPDX-License-Identifier: Apache-2.0
"""The HyperLSTM in JAX: `lax.scan` under `jit`, input products of all steps before the loop."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from hyperlstm_parameters import (
    ADAM_EPSILON, BETA1, BETA2, CLIP_NORM, EPSILON, FORGET_BIAS, LEARNING_RATE, STATE, VOCABULARY,
    pack, unpack)


def layer_norm(x, gain, shift):
    mean = jnp.mean(x, -1, keepdims=True)
    centred = x - mean
    variance = jnp.mean(centred * centred, -1, keepdims=True)
    return centred * lax.rsqrt(variance + EPSILON) * gain + shift


def lstm_update(p, prefix, pre, c):
    """pre [B, 4, units] before layer norm, c [B, units] to the next (c, h)."""
    units = c.shape[-1]
    gates = layer_norm(
        pre, p[f"{prefix}ln/gain"].reshape(4, units), p[f"{prefix}ln/shift"].reshape(4, units))
    i, g, f, o = (gates[:, k] for k in range(4))
    c = jax.nn.sigmoid(f + FORGET_BIAS) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
    normed = layer_norm(c, p[f"{prefix}ln_c/gain"], p[f"{prefix}ln_c/shift"])
    return c, jax.nn.sigmoid(o) * jnp.tanh(normed)


def cell(p, state, projected):
    """projected [B, 4N+4M] = x w_x with hyper/b added; returns (state, output)."""
    c, h, hyper_c, hyper_h = state
    batch, units = h.shape
    wide = 4 * units
    recurrent = h @ p["w_h"]
    small = projected[:, wide:] + recurrent[:, wide:] + hyper_h @ p["hyper/W_h"]
    hyper_c, hyper_h = lstm_update(p, "hyper/", small.reshape(batch, 4, -1), hyper_c)
    z = hyper_h @ p["a"] + jnp.pad(p["a_bias"], (0, p["a_bias"].shape[0] // 2))
    # twelve small products: XLA's batched product on the CPU is slower
    d = jnp.stack([part @ p["d"][k] for k, part in enumerate(jnp.split(z, 12, 1))], 1)
    pre = (
        d[:, :4] * recurrent[:, :wide].reshape(batch, 4, units)
        + d[:, 4:8] * projected[:, :wide].reshape(batch, 4, units)
        + d[:, 8:] + p["b"].reshape(4, units))
    c, h = lstm_update(p, "", pre, c)
    return (c, h, hyper_c, hyper_h), h


def project(p, x):
    wide = p["b"].shape[0]
    return x @ p["w_x"] + jnp.pad(p["hyper/b"], (wide, 0))


def unroll(p, x, state):
    return lax.scan(functools.partial(cell, p), state, project(p, x))


def sequence(parameters, x, state, r):
    """Outputs, final state and the gradients of sum(out * r), all NumPy; see hyperlstm_check."""

    def loss(p, x, state):
        final, out = unroll(p, x, state)
        return jnp.sum(out * r), (out, final)

    run = jax.jit(jax.value_and_grad(loss, argnums=(0, 1, 2), has_aux=True))
    start = tuple(state[part] for part in STATE)
    (value, (out, final)), (grads, grad_x, grad_state) = run(pack(parameters), x, start)
    results = {"out": out, "loss": value, "grad_x": grad_x}
    results |= {f"state/{part}": final[k] for k, part in enumerate(STATE)}
    results |= {f"grad_state/{part}": grad_state[k] for k, part in enumerate(STATE)}
    grads = unpack({name: np.asarray(value) for name, value in grads.items()})
    results |= {f"grad/{name}": value for name, value in grads.items()}
    return {name: np.asarray(value) for name, value in results.items()}


def _zero_state(p, batch):
    sizes = [p["b"].shape[0] // 4] * 2 + [p["hyper/b"].shape[0] // 4] * 2
    return tuple(jnp.zeros((batch, size)) for size in sizes)


def trainer(parameters):
    """A function of (ids, targets), int32 [T, B], that makes one step and returns the loss."""

    def loss_of(p, ids, targets):
        x = jax.nn.one_hot(ids, VOCABULARY)
        _, out = unroll(p, x, _zero_state(p, ids.shape[1]))
        log_p = jax.nn.log_softmax(out @ p["softmax/W"] + p["softmax/b"])
        return -jnp.mean(jnp.take_along_axis(log_p, targets[..., None], -1))

    @functools.partial(jax.jit, donate_argnums=(0,))
    def step(carried, ids, targets):
        p, m, v, t = carried
        loss, grads = jax.value_and_grad(loss_of)(p, ids, targets)
        norm = jnp.sqrt(sum(jnp.sum(g * g) for g in jax.tree.leaves(grads)))
        scale = CLIP_NORM / jnp.maximum(norm, CLIP_NORM)
        grads = jax.tree.map(lambda g: g * scale, grads)
        m = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, m, grads)
        v = jax.tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, v, grads)
        t = t + 1
        rate = LEARNING_RATE * jnp.sqrt(1 - BETA2**t) / (1 - BETA1**t)
        p = jax.tree.map(
            lambda p, m, v: p - rate * m / (jnp.sqrt(v) + ADAM_EPSILON), p, m, v)
        return (p, m, v, t), loss

    p = jax.tree.map(jnp.asarray, pack(parameters))
    carried = (p, jax.tree.map(jnp.zeros_like, p), jax.tree.map(jnp.zeros_like, p),
               jnp.zeros((), jnp.float32))

    def run(ids, targets):
        nonlocal carried
        carried, loss = jax.block_until_ready(step(carried, ids, targets))
        return float(loss)

    return run


def single(parameters):
    """A function of one id that advances a stream of batch 1 and returns its logits [1, V]."""

    @functools.partial(jax.jit, donate_argnums=(1,))
    def step(p, state, index):
        x = jax.nn.one_hot(index[None], VOCABULARY)
        state, h = cell(p, state, project(p, x))
        return state, h @ p["softmax/W"] + p["softmax/b"]

    p = jax.tree.map(jnp.asarray, pack(parameters))
    state = _zero_state(p, 1)

    def run(index):
        nonlocal state
        state, logits = step(p, state, np.int32(index))
        return np.asarray(logits)

    return run
