# SPDX-License-Identifier: Apache-2.0
"""Stroke models in PyTorch: cells written by hand, torch.nn.LSTM, and the mixture's loss.

Input products of all steps stand before the loop. The loss has the form that is exact in float32:
with d = (x - mu) / sigma and Z the quadratic form of a correlation tanh r,

    Z / (1 - rho^2) = ((d1 - d2)^2 (1 + exp(2 r)) + (d1 + d2)^2 (1 + exp(-2 r))) / 4
    log(1 - rho^2)  = 2 (log 2 - |r| - softplus(-2 |r|))

with log(exp(s) + f) for s where there is a floor f of sigma, and b tanh(r / b) for r where there is a
bound b.
"""

import math

import torch
import torch.nn.functional as F

from hyperlstm_torch import HyperLstm
from strokes_nets import EPSILON, steps

FORGET_BIAS = 1.0
LEARNING_RATE, BETAS, ADAM_EPSILON = 1e-3, (0.9, 0.999), 1e-8
CLIP_VALUE = 1.0


def offset_loss(raw, offsets, mixture=None):
    """-log of the density in nats [..]: raw [.., 6 K] without the pen's columns, offsets [.., 2].

    The limits are those of a mixture of the NumPy reference; none without it.
    """
    pi, mu1, mu2, s1, s2, r = raw.chunk(6, -1)
    if mixture and mixture.sigma_floor > 0:
        floor = torch.tensor(math.log(mixture.sigma_floor))
        s1, s2 = torch.logaddexp(s1, floor), torch.logaddexp(s2, floor)
    if mixture and mixture.correlation_bound > 0:
        r = mixture.correlation_bound * torch.tanh(r / mixture.correlation_bound)
    x, y = offsets.unsqueeze(-1).unbind(-2)
    d1, d2 = (x - mu1) * torch.exp(-s1), (y - mu2) * torch.exp(-s2)
    grown = torch.exp(2 * r)
    q = ((d1 - d2).square() * (1 + grown) + (d1 + d2).square() * (1 + torch.exp(-2 * r))) / 4
    size = r.abs()
    ell = 2 * (math.log(2) - size - F.softplus(-2 * size))
    log_density = -math.log(2 * math.pi) - s1 - s2 - (ell + q) / 2
    return -torch.logsumexp(F.log_softmax(pi, -1) + log_density, -1)


class Lstm(torch.nn.Module):
    """The LSTM with the packed matrices of the Java cell; layer norm if it has gains."""

    def __init__(self, parameters, compiled=False):
        super().__init__()
        self.names = {name: name.replace("/", "_") for name in parameters}
        for name, value in parameters.items():
            self.register_parameter(
                self.names[name], torch.nn.Parameter(torch.tensor(value)))
        self.units = self.W_h.shape[0]
        self.normalised = "ln/gain" in parameters
        # the step, not the sequence: a graph of all steps takes minutes to compile
        self.advance = torch.compile(self.step, fullgraph=True) if compiled else self.step

    def step(self, projected, c, h):
        """projected [B, 4N] = x W_x + b; returns the next c and h."""
        gates = torch.addmm(projected, h, self.W_h)
        if self.normalised:
            batch, units = h.shape
            gates = torch.addcmul(
                self.ln_shift.view(4, units),
                F.layer_norm(gates.view(batch, 4, units), (units,), eps=EPSILON),
                self.ln_gain.view(4, units)).view(batch, 4 * units)
        i, g, f, o = gates.chunk(4, 1)
        c = torch.sigmoid(f + FORGET_BIAS) * c + torch.sigmoid(i) * torch.tanh(g)
        shown = c
        if self.normalised:
            shown = F.layer_norm(c, (self.units,), self.ln_c_gain, self.ln_c_shift, EPSILON)
        return c, torch.sigmoid(o) * torch.tanh(shown)

    def zero_state(self, batch):
        return tuple(torch.zeros(batch, self.units) for _ in range(2))

    def forward(self, x, state):
        """x [T, B, I]; outputs [T, B, N] and the final state."""
        projected = x @ self.W_x
        if "b" in self.names:
            projected = projected + self.b
        outputs = []
        for one in projected.unbind(0):
            state = self.advance(one, *state)
            outputs.append(state[1])
        return torch.stack(outputs), state


class BuiltInLstm(torch.nn.Module):
    """torch.nn.LSTM: gates i, f, g, o in rows; its second bias stays zero, the first has the 1."""

    def __init__(self, parameters):
        super().__init__()
        self.lstm = torch.nn.LSTM(*parameters["W_x"].shape[:1], parameters["W_h"].shape[0])
        self.lstm.bias_hh_l0.requires_grad_(False)
        with torch.no_grad():
            for field, name in self.fields().items():
                getattr(self.lstm, field).copy_(self.turned(torch.tensor(parameters[name]).t()))
            self.lstm.bias_ih_l0.chunk(4)[1].add_(FORGET_BIAS)
            self.lstm.bias_hh_l0.zero_()

    @staticmethod
    def fields():
        return {"weight_ih_l0": "W_x", "weight_hh_l0": "W_h", "bias_ih_l0": "b"}

    @staticmethod
    def turned(rows):
        """Blocks i, g, f, o as i, f, g, o, or back."""
        i, second, third, o = rows.chunk(4)
        return torch.cat([i, third, second, o])

    def gradients(self):
        """By the Java cell's names."""
        return {name: self.turned(getattr(self.lstm, field).grad).t()
                for field, name in self.fields().items()}

    def zero_state(self, batch):
        return tuple(torch.zeros(1, batch, self.lstm.hidden_size) for _ in range(2))

    def forward(self, x, state):
        return self.lstm(x, state)


class Strokes(torch.nn.Module):
    """A cell and the layer above it, by the names of a Java model: cell/.., output/.."""

    def __init__(self, parameters, mixture, built_in=False, compiled=False):
        super().__init__()
        self.mixture = mixture
        cell = {name.removeprefix("cell/"): value for name, value in parameters.items()
                if name.startswith("cell/")}
        if built_in:
            self.cell = BuiltInLstm(cell)
        elif "hyper/W_h" in cell:
            self.cell = HyperLstm(cell, compiled)
        else:
            self.cell = Lstm(cell, compiled)
        self.kernel = torch.nn.Parameter(torch.tensor(parameters["output/kernel"]))
        self.bias = torch.nn.Parameter(torch.tensor(parameters["output/bias"]))

    def raw(self, rows):
        """rows [T, B, 5] to raw outputs [T, B, 3 + 6 K]."""
        outputs, _ = self.cell(rows, self.cell.zero_state(rows.shape[1]))
        return F.linear(outputs, self.kernel.t(), self.bias)

    def loss(self, rows, offsets, pens, offset_counts, pen_counts):
        """Nats a point: see `strokes_nets.steps`."""
        raw = self.raw(rows)
        offset = offset_loss(raw[..., 3:], offsets, self.mixture) * offset_counts
        pen = F.cross_entropy(raw[..., :3].flatten(0, 1), pens.flatten(), reduction="none")
        pen = pen.view_as(offset) * pen_counts
        return (offset.sum() + pen.sum()) / offset_counts.sum()


def trainer(parameters, mixture, **options):
    """A function of (points [B, T, 3], lengths [B]) that makes one step and returns the loss."""
    model = Strokes(parameters, mixture, **options)
    weights = [value for value in model.parameters() if value.requires_grad]
    adam = torch.optim.Adam(weights, LEARNING_RATE, betas=BETAS, eps=ADAM_EPSILON, fused=True)

    def run(points, lengths):
        loss = model.loss(*map(torch.from_numpy, steps(points, lengths)))
        adam.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_value_(weights, CLIP_VALUE)
        adam.step()
        return loss.item()

    return run
