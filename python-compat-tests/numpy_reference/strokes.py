# SPDX-License-Identifier: Apache-2.0
"""A model of pen strokes: a cell, a mixture at its output, and what its export answers.

Drawings are stroke-3, batch first, in data units: [B, T, 3] rows dx, dy, pen; so are the parameters
of a mixture. A model computes with (dx - mean_x) / sd_x and (dy - mean_y) / sd_y, and nats are those
of these normalised offsets.
"""

from dataclasses import dataclass
from typing import Any, Optional

import numpy as np

from .maths import beside
from .mixture import Mixture
from .names import below
from .sequence import run


@dataclass(frozen=True)
class Scaling:
    """Means and deviations, in data units."""

    mean_x: float = 0.0
    mean_y: float = 0.0
    sd_x: float = 1.0
    sd_y: float = 1.0

    def apply(self, points):
        """Rows in data units [.., 3], normalised."""
        return (points - [self.mean_x, self.mean_y, 0]) / [self.sd_x, self.sd_y, 1]

    def of_data(self, parameters):
        """Parameters of a mixture of normalised offsets as those of offsets in data units."""
        mean, sd = np.array([self.mean_x, self.mean_y]), np.array([self.sd_x, self.sd_y])
        return parameters | {
            "mu": parameters["mu"] * sd + mean, "sigma": parameters["sigma"] * sd}

    def nats_per_point(self):
        """What a point costs more where its offset is counted in data units."""
        return np.log(self.sd_x) + np.log(self.sd_y)


@dataclass(frozen=True)
class StrokeModel:
    """Parameters: `cell/..`, `output/kernel`, `output/bias`; with a latent vector z of Z numbers
    `encoder/forwards/..`, `encoder/backwards/..` (cells of equal kind) and, dense with `kernel` and
    `bias`, `latent/mean`, `latent/logvar`, `latent/state`.

    The cell reads x, y, pen (Bernoulli) or x, y, down, up, end (three-way), and z behind them. A
    drawing of T points has T offsets; it has T pens if Bernoulli, and T + 1 if three-way, the last
    of which is the end.
    """

    cell: Any
    mixture: Mixture
    scaling: Scaling = Scaling()
    latent: int = 0
    encoder: Optional[Any] = None

    def rows(self, points):
        """Normalised points [.., 3] as the cell reads them, without z."""
        if self.mixture.pen == "bernoulli":
            return points
        pen = points[..., 2:]
        return np.concatenate([points[..., :2], 1 - pen, pen, np.zeros_like(pen)], axis=-1)

    def start(self, batch):
        """The start token [B, 3 or 5]: no offset, and a pen that is lifted if Bernoulli, else down."""
        points = np.zeros((batch, 3))
        points[:, 2] = self.mixture.pen == "bernoulli"
        return self.rows(points)

    def initial(self, w, batch, z=None):
        """The state {part: [B, size]} before the start token: zero, or tanh of a layer above z."""
        sizes = self.cell.state_sizes()
        if not self.latent:
            return {part: np.zeros((batch, size)) for part, size in sizes.items()}
        packed = np.tanh(dense(below("latent/state", w), z))
        parts = np.split(packed, np.cumsum(list(sizes.values()))[:-1], axis=-1)
        return dict(zip(sizes, parts))

    def raw(self, w, rows, state, z=None):
        """Raw outputs [T, B, columns] and the states after each step, for rows [T, B, 3 or 5]."""
        if self.latent:
            rows = [beside(row, z) for row in rows]
        outputs, states = run(self.cell, below("cell", w), rows, state)
        return np.stack([dense(below("output", w), output) for output in outputs]), states

    def encode(self, w, points, lengths):
        """z_mean and z_logvar [B, Z]: from the last outputs over the points, read both ways.

        A drawing without points has outputs of zero.
        """
        points = np.asarray(points, np.float64)
        counts = np.arange(points.shape[1]) < np.asarray(lengths)[:, None]
        points = np.where(counts[..., None], points, 0)
        rows = np.moveaxis(self.rows(self.scaling.apply(points)), 1, 0)
        return self.encode_rows(w, rows, lengths)

    def encode_rows(self, w, rows, lengths):
        """The same for rows [T, B, 3 or 5] as the cell reads them."""
        turned = rows.copy()
        for b, length in enumerate(lengths):
            turned[:length, b] = rows[:length, b][::-1]
        last = []
        for scope, read in (("encoder/forwards", rows), ("encoder/backwards", turned)):
            zero = {part: np.zeros((rows.shape[1], size))
                    for part, size in self.encoder.state_sizes().items()}
            outputs, _ = run(self.encoder, below(scope, w), read, zero)
            last.append(np.stack(
                [outputs[max(length, 1) - 1][..., b, :] * (length > 0)
                 for b, length in enumerate(lengths)], axis=-2))
        joined = beside(*last)
        return tuple(dense(below(f"latent/{name}", w), joined) for name in ("mean", "logvar"))

    def initial_state(self, w, batch, z=None):
        """Parameters of the first point, and the state that has read the start token."""
        return self.step_rows(w, self.start(batch), self.initial(w, batch, z), z)

    def step(self, w, point, state, z=None):
        """Parameters of the point after point [B, 3], and the next state."""
        return self.step_rows(w, self.rows(self.scaling.apply(point)), state, z)

    def step_rows(self, w, row, state, z):
        raw, states = self.raw(w, row[None], state, z)
        return self.scaling.of_data(self.mixture.parameters(raw[0])), states[0]

    def whole(self, w, points, z=None):
        """Raw outputs [B, T + 1, columns], the first of which belong to the first point."""
        rows = np.moveaxis(self.rows(self.scaling.apply(points)), 1, 0)
        batch = len(points)
        rows = np.concatenate([self.start(batch)[None], rows])
        raw, _ = self.raw(w, rows, self.initial(w, batch, z), z)
        return np.moveaxis(raw, 0, 1)

    def density(self, w, points, z=None):
        """Parameters of the first point and of those after each, [B, T + 1, ..]."""
        return self.scaling.of_data(self.mixture.parameters(self.whole(w, points, z)))

    def score(self, w, points, lengths, z=None):
        """nats, nats_offset, nats_pen, nats_raw [B]; point_nats [B, T], which has no end's pen."""
        points = np.asarray(points, np.float64)
        counts = np.arange(points.shape[1]) < np.asarray(lengths)[:, None]
        points = np.where(counts[..., None], points, 0)
        raw = self.whole(w, points, z)
        offsets = self.scaling.apply(points)[..., :2]
        offset = np.where(counts, self.mixture.offset_loss(raw[:, :-1], offsets), 0)
        pen = np.where(counts, self.mixture.pen_loss(raw[:, :-1], points[..., 2].astype(int)), 0)
        nats_offset, nats_pen = offset.sum(axis=1), pen.sum(axis=1)
        if self.mixture.pen == "three-way":
            last = np.stack([raw[b, length] for b, length in enumerate(lengths)])
            nats_pen = nats_pen + self.mixture.pen_loss(last, np.full(len(last), 2))
        nats = nats_offset + nats_pen
        return {
            "nats": nats, "nats_offset": nats_offset, "nats_pen": nats_pen,
            "point_nats": offset + pen,
            "nats_raw": nats + np.asarray(lengths) * self.scaling.nats_per_point()}


def dense(w, x):
    return x @ w["kernel"] + w["bias"]
