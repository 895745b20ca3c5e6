# SPDX-License-Identifier: Apache-2.0
"""The matrix products of one training step and nothing else: what no implementation can beat.

Step by step what depends on the step before, over all steps at once what does not: the input and
softmax products, and every product that forms a weight gradient.
"""

import time

import torch


def multiplications(size):
    """Multiply-adds of the forward products of one training step; backward takes twice that."""
    i, n, m, e = size.inputs, size.units, size.hyper_units, size.embedding
    row = (i + n) * (4 * n + 4 * m) + m * 4 * m + m * 12 * e + 12 * e * n + n * i
    return row * size.batch * size.steps


def step(size):
    """A function that makes the products of one training step once."""
    t, b, n, m, e, i = (
        size.steps, size.batch, size.units, size.hyper_units, size.embedding, size.inputs)
    wide = 4 * n + 4 * m

    def normal(*shape):
        return torch.randn(*shape) * shape[-2] ** -0.5

    x, w_x, w_h, w_small = normal(t * b, i), normal(i, wide), normal(n, wide), normal(m, 4 * m)
    a, d, w_out = normal(m, 12 * e), normal(12, e, n), normal(n, i)
    # what the products read and write in each step, so that the memory traffic is real
    h, hyper, z = normal(t, b, n), normal(t, b, m), normal(t, 12, b, e)
    pre, small = torch.empty(t, b, wide), torch.empty(t, b, 4 * m)
    scaling, flat_z = torch.empty(t, 12, b, n), torch.empty(t, b, 12 * e)
    back_h, back_hyper = torch.empty(b, n), torch.empty(b, m)

    def run():
        torch.matmul(x, w_x)
        for k in range(t):
            torch.matmul(h[k], w_h, out=pre[k])
            torch.matmul(hyper[k], w_small, out=small[k])
            torch.matmul(hyper[k], a, out=flat_z[k])
            torch.bmm(z[k], d, out=scaling[k])
        logits = torch.matmul(h.view(t * b, n), w_out)
        torch.matmul(logits, w_out.t())
        for k in reversed(range(t)):
            torch.bmm(scaling[k], d.transpose(1, 2))
            torch.matmul(flat_z[k], a.t(), out=back_hyper)
            torch.matmul(small[k], w_small.t(), out=back_hyper)
            torch.matmul(pre[k], w_h.t(), out=back_h)
        rows_h, rows_hyper = h.view(t * b, n).t(), hyper.view(t * b, m).t()
        torch.matmul(rows_h, logits)
        torch.matmul(rows_h, pre.view(t * b, wide))
        torch.matmul(x.t(), pre.view(t * b, wide))
        torch.matmul(rows_hyper, small.view(t * b, 4 * m))
        torch.matmul(rows_hyper, flat_z.view(t * b, 12 * e))
        z_all = z.transpose(0, 1).reshape(12, t * b, e)
        torch.bmm(z_all.transpose(1, 2), scaling.transpose(0, 1).reshape(12, t * b, n))

    return run


def peak_rate(order=1536, rounds=5):
    """Multiply-adds a second of one large square product, the best of some rounds."""
    a, b = torch.randn(order, order), torch.randn(order, order)
    out = torch.matmul(a, b)
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        torch.matmul(a, b, out=out)
        best = min(best, time.perf_counter() - start)
    return order**3 / best
