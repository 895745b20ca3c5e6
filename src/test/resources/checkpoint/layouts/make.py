# SPDX-License-Identifier: Apache-2.0
"""Writes small HyperLSTM, LSTM and GRU weights under the names of other libraries, and what they make of a text.

    python make.py        # in this folder, with PyTorch; prints bits per symbol of TEXT but the first

labml names: equations of HyperNetworks A.2.2 in NumPy, float64, gates i, f, g, o, hyper input [h, x], no
forget bias, epsilon 1e-5. PyTorch: its own LSTMCell. Every text is read as one stream from zero
states; four symbols, one-hot; the head is a matrix "head.weight" [4, units] and "head.bias". The archives of GRUs hold
their input "x" [8, 4] and output "out" [8, 5], float64, from PyTorch's own GRU and GRUCell.
"""
import math

import numpy as np
import torch

TEXT = "abcadacbdabcdabdcaacbdbadcab"
V, N, M, E = 4, 5, 3, 2
IDS = ["abcd".index(c) for c in TEXT]


def random(rng, shapes):
    return {k: (rng.standard_normal(s) * 0.6).astype(np.float32) for k, s in shapes.items()}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def norm(x, w, name):
    if name + ".weight" not in w:
        return x
    y = (x - x.mean()) / np.sqrt(x.var() + 1e-5)
    return y * w[name + ".weight"] + w[name + ".bias"]


def update(gates, c, w, name):
    i, f, g, o = gates
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(norm(c, w, name)), c


def lstm(w, p, x, h, c):
    s = w[p + "hidden_lin.weight"] @ h + w[p + "hidden_lin.bias"] + w[p + "input_lin.weight"] @ x
    gates = [norm(part, w, f"{p}layer_norm.{k}") for k, part in enumerate(np.split(s, 4))]
    return update(gates, c, w, p + "layer_norm_c")


def hyper_lstm(w, p, x, h, c, hh, ch):
    hh, ch = lstm(w, p + "hyper.", np.concatenate([h, x]), hh, ch)
    z = {
        "h": np.split(w[p + "z_h.weight"] @ hh + w[p + "z_h.bias"], 4),
        "x": np.split(w[p + "z_x.weight"] @ hh + w[p + "z_x.bias"], 4),
        "b": np.split(w[p + "z_b.weight"] @ hh, 4),
    }
    gates = []
    for k in range(4):
        y = (
            (w[f"{p}d_h.{k}.weight"] @ z["h"][k]) * (w[f"{p}w_h.{k}"] @ h)
            + (w[f"{p}d_x.{k}.weight"] @ z["x"][k]) * (w[f"{p}w_x.{k}"] @ x)
            + w[f"{p}d_b.{k}.weight"] @ z["b"][k]
            + w[f"{p}d_b.{k}.bias"]
        )
        gates.append(norm(y, w, f"{p}layer_norm.{k}"))
    return (*update(gates, c, w, p + "layer_norm_c"), hh, ch)


def bits(w, step, state):
    total = 0
    for now, then in zip(IDS[:-1], IDS[1:]):
        h, state = step(np.eye(V)[now], state)
        logits = w["head.weight"] @ h + w["head.bias"]
        total += np.log(np.exp(logits).sum()) - logits[then]
    return total / (len(IDS) - 1) / math.log(2)


def lstm_shapes(p, inputs, units, normed):
    shapes = {
        p + "hidden_lin.weight": (4 * units, units),
        p + "hidden_lin.bias": (4 * units,),
        p + "input_lin.weight": (4 * units, inputs),
    }
    if normed:
        for name in [f"{p}layer_norm.{k}" for k in range(4)] + [p + "layer_norm_c"]:
            shapes[name + ".weight"] = shapes[name + ".bias"] = (units,)
    return shapes


def hyper_shapes(p, inputs):
    shapes = lstm_shapes(p + "hyper.", N + inputs, M, True)
    for kind in "hxb":
        shapes[f"{p}z_{kind}.weight"] = (4 * E, M)
        if kind != "b":
            shapes[f"{p}z_{kind}.bias"] = (4 * E,)
        for k in range(4):
            shapes[f"{p}d_{kind}.{k}.weight"] = (N, E)
    for k in range(4):
        shapes[f"{p}d_b.{k}.bias"] = (N,)
        shapes[f"{p}w_h.{k}"] = (N, N)
        shapes[f"{p}w_x.{k}"] = (N, inputs)
    for name in [f"{p}layer_norm.{k}" for k in range(4)] + [p + "layer_norm_c"]:
        shapes[name + ".weight"] = shapes[name + ".bias"] = (N,)
    return shapes


HEAD = {"head.weight": (V, N), "head.bias": (V,)}


def layered(name, seed, shapes, one, states):
    """`states` vectors a layer, of which h is the first."""
    w32 = random(np.random.default_rng(seed), {**shapes, **HEAD})
    np.savez(name + ".npz", **w32)
    w = {k: v.astype(np.float64) for k, v in w32.items()}

    def step(x, all_states):
        new = []
        for p, state in zip(one["prefixes"], all_states):
            state = one["step"](w, p, x, *state)
            x = state[0]
            new.append(state)
        return x, new

    zero = [tuple(np.zeros(n) for n in states) for _ in one["prefixes"]]
    print(name, repr(float(bits(w, step, zero))))


if __name__ == "__main__":
    two = ["rnn.cells.0.", "rnn.cells.1."]
    layered("labml-hyper", 1, {**hyper_shapes(two[0], V), **hyper_shapes(two[1], N)},
            {"prefixes": two, "step": hyper_lstm}, (N, N, M, M))
    layered("labml-hyper-cell", 2, hyper_shapes("", V),
            {"prefixes": [""], "step": hyper_lstm}, (N, N, M, M))
    layered("labml-lstm", 3, {**lstm_shapes(two[0], V, N, True), **lstm_shapes(two[1], N, N, True)},
            {"prefixes": two, "step": lstm}, (N, N))
    layered("labml-lstm-plain", 4, lstm_shapes("lstm.", V, N, False),
            {"prefixes": ["lstm."], "step": lstm}, (N, N))

    torch.manual_seed(5)
    cells = torch.nn.ModuleDict({"cells": torch.nn.ModuleList(
        [torch.nn.LSTMCell(V, N), torch.nn.LSTMCell(N, N)]), "head": torch.nn.Linear(N, V)}).double()
    with torch.no_grad():
        for p in cells.parameters():
            p.copy_(torch.randn_like(p).float().double() * 0.5)
        np.savez("pytorch-lstm-cell.npz", **{k: v.float().numpy() for k, v in cells.state_dict().items()})
        w = {k: v.numpy() for k, v in cells.state_dict().items()}

        def torch_step(x, states):
            new, y = [], torch.tensor(x).unsqueeze(0)
            for cell, state in zip(cells["cells"], states):
                state = cell(y, state)
                y = state[0]
                new.append(state)
            return y[0].numpy(), new

        zero = [(torch.zeros(1, N).double(),) * 2] * 2
        print("pytorch-lstm-cell", repr(float(bits(w, torch_step, zero))))

    torch.manual_seed(6)
    x = torch.randn(8, V).double()
    gru = torch.nn.GRU(V, N, num_layers=2).double()
    cell = torch.nn.GRUCell(V, N).double()
    with torch.no_grad():
        for p in [*gru.parameters(), *cell.parameters()]:
            p.copy_((torch.randn_like(p) * 0.7).float().double())
        outs = {"pytorch-gru": gru(x)[0].numpy()}
        h = torch.zeros(1, N).double()
        rows = []
        for step in x:
            h = cell(step.unsqueeze(0), h)
            rows.append(h[0].numpy())
        outs["pytorch-gru-cell"] = np.stack(rows)
    for name, module in (("pytorch-gru", gru), ("pytorch-gru-cell", cell)):
        np.savez(name + ".npz", x=x.numpy(), out=outs[name],
                 **{"rnn." + k: v.detach().float().numpy() for k, v in module.state_dict().items()})
