# SPDX-License-Identifier: Apache-2.0
"""The mixture of bivariate Gaussians with a pen (Graves, arXiv:1308.0850, equations 18 to 26).

Raw outputs [.., P + 6 K] are the pen's logits (P = 1: one, of lifting; P = 3: down, up, end), then
blocks of K columns: pi, mu1, mu2, s1, s2, r. The density is taken as N(x1) N(x2 | x1), not in the
form that the Java layer differentiates. All functions are analytic, see `gradient`.
"""

from dataclasses import dataclass

import numpy as np

from .maths import sigmoid

PENS = {"none": 0, "bernoulli": 1, "three-way": 3}


def log_sum_exp(values):
    """Over the last axis."""
    largest = np.real(values).max(axis=-1, keepdims=True)
    return np.log(np.exp(values - largest).sum(axis=-1)) + largest[..., 0]


def soft_plus(x):
    """log(1 + exp(x))."""
    zero = np.zeros_like(x)
    return log_sum_exp(np.stack([zero, x], axis=-1))


def soft_max(logits):
    return np.exp(logits - log_sum_exp(logits)[..., None])


@dataclass(frozen=True)
class Mixture:
    """K components and a pen.

    density_epsilon > 0 is added to the density of the offset, density_floor > 0 is the smallest.
    sigma_floor > 0 is added to sigma. correlation_bound b > 0 makes b tanh(r / b) of r.
    """

    components: int
    pen: str
    density_epsilon: float = 0.0
    density_floor: float = 0.0
    sigma_floor: float = 0.0
    correlation_bound: float = 0.0

    def columns(self):
        return PENS[self.pen] + 6 * self.components

    def split(self, raw):
        """The pen's logits [.., P], and pi, mu1, mu2, s1, s2, r, [.., K] each, limits applied."""
        pens = PENS[self.pen]
        pi, mu1, mu2, s1, s2, r = np.split(raw[..., pens:], 6, axis=-1)
        if self.sigma_floor > 0:
            s1, s2 = np.log(np.exp(s1) + self.sigma_floor), np.log(np.exp(s2) + self.sigma_floor)
        if self.correlation_bound > 0:
            r = self.correlation_bound * np.tanh(r / self.correlation_bound)
        return raw[..., :pens], pi, mu1, mu2, s1, s2, r

    def parameters(self, raw):
        """pi, rho [.., K], mu, sigma [.., K, 2]; pen [..] if Bernoulli, [.., 3] if three-way."""
        pen, pi, mu1, mu2, s1, s2, r = self.split(raw)
        found = {
            "pi": soft_max(pi), "mu": np.stack([mu1, mu2], axis=-1),
            "sigma": np.exp(np.stack([s1, s2], axis=-1)), "rho": np.tanh(r)}
        if self.pen == "bernoulli":
            found["pen"] = sigmoid(pen[..., 0])
        elif self.pen == "three-way":
            found["pen"] = soft_max(pen)
        return found

    def offset_loss(self, raw, offsets):
        """-log of the density at offsets [.., 2], in nats: [..]."""
        _, pi, mu1, mu2, s1, s2, r = self.split(raw)
        across = (offsets[..., :1] - mu1) / np.exp(s1)
        # given x1, x2 has the mean mu2 + rho sigma2 d1 and the deviation sigma2 sqrt(1 - rho^2)
        share = 1 / np.cosh(r)
        along = ((offsets[..., 1:] - mu2) / np.exp(s2) - np.tanh(r) * across) / share
        log_density = (
            -np.log(2 * np.pi) - s1 - s2 - np.log(share) - (across * across + along * along) / 2)
        nats = -log_sum_exp(pi + log_density) + log_sum_exp(pi)
        if self.density_epsilon > 0:
            epsilon = np.full_like(nats, np.log(self.density_epsilon))
            nats = -log_sum_exp(np.stack([-nats, epsilon], axis=-1))
        if self.density_floor > 0:
            highest = -np.log(self.density_floor)
            nats = np.where(np.real(nats) > highest, highest, nats)
        return nats

    def pen_loss(self, raw, pen):
        """-log of the pen's probability in nats, [..].

        pen [..]: Bernoulli 1 if lifted, else 0; three-way 0 down, 1 up, 2 end.
        """
        if self.pen == "bernoulli":
            logit = raw[..., 0]
            return soft_plus(logit) - logit * pen
        logits = raw[..., :3]
        chosen = (logits * np.eye(3)[pen]).sum(axis=-1)
        return log_sum_exp(logits) - chosen
