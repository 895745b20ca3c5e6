# SPDX-License-Identifier: Apache-2.0
"""The training steps of the image nets in PyTorch; see image_nets.

Activations are [B, channels, height, width] for PyTorch and channels last in memory, as the bytes
come and as tensor cores want them; so are the kernels, generated ones too, which takes one copy.
"""

import math

import torch
import torch.nn.functional as F

from hyperlstm_parameters import ADAM_EPSILON, BETA1, BETA2, LEARNING_RATE
from image_nets import BASIC, EPSILON, FILTERS, KERNEL, MEAN, MOMENTUM, SHARE, STD, Mnist, norm_of


class Trainer:
    """A net with its optimizer."""

    def __init__(self, net, parameters, device="cpu", compiled=False):
        self.net, self.device = net, device
        self.weights = {name: own(value, device) for name, value in parameters.items()}
        self.moving = {
            name: torch.tensor(value, device=device) for name, value in net.statistics().items()}
        self.mean, self.std = (torch.tensor(c, device=device) for c in (MEAN, STD))
        self.loss = torch.compile(self._loss, fullgraph=True) if compiled else self._loss
        weights = list(self.weights.values())
        self.optimizer = (
            Adam(weights) if net.adam else
            torch.optim.SGD(weights, LEARNING_RATE, MOMENTUM, nesterov=True, fused=True))

    def step(self, pixels, labels):
        """One training step: loss, norm of the gradients, share of wrong answers."""
        results = self._differentiate(pixels, labels)
        self.optimizer.step()
        return results.tolist()

    def gradients(self, pixels, labels):
        """Loss, norm, error, and the gradient of each parameter by its name."""
        results = self._differentiate(pixels, labels)
        return results.tolist(), {name: shown(w.grad) for name, w in self.weights.items()}

    def values(self):
        """Parameters and moving statistics by name."""
        return {name: shown(value) for name, value in (self.weights | self.moving).items()}

    def logits(self, images, training):
        """images [B, height, width, channels] in 0 .. 1; logits [B, 10], and kernels that decay."""
        if isinstance(self.net, Mnist):
            return mnist(self.weights, images.permute(0, 3, 1, 2)), []
        images = ((images - self.mean) / self.std).permute(0, 3, 1, 2)
        return wide_resnet(self.net, self.weights, self.moving, images, training)

    def _differentiate(self, pixels, labels):
        pixels, labels = (torch.from_numpy(a).to(self.device) for a in (pixels, labels))
        loss, error = self.loss(pixels, labels)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        norm = torch.nn.utils.get_total_norm([w.grad for w in self.weights.values()])
        return torch.stack([loss.detach(), norm, error])

    def _loss(self, pixels, labels):
        logits, kernels = self.logits(pixels.float() * (1 / 255), training=True)
        loss = F.cross_entropy(logits, labels.long())
        if self.net.l2:
            loss = loss + self.net.l2 / 2 * sum(k.square().sum() for k in kernels)
        return loss, (logits.argmax(1) != labels).float().mean()


class Adam(torch.optim.Adam):
    """With TensorFlow's and Java's epsilon.

    They divide by sqrt(v) + epsilon after t steps, PyTorch by sqrt(v / (1 - beta2^t)) + epsilon:
    the same update when PyTorch's epsilon is TensorFlow's / sqrt(1 - beta2^t).
    """

    def __init__(self, weights):
        super().__init__(weights, LEARNING_RATE, betas=(BETA1, BETA2), fused=True)
        self.steps = 0

    def step(self):
        self.steps += 1
        for group in self.param_groups:
            group["eps"] = ADAM_EPSILON / math.sqrt(1 - BETA2**self.steps)
        super().step()


def own(value, device):
    """A parameter from its NumPy value, kernels [height, width, in, out]."""
    value = torch.tensor(value, device=device)
    if value.dim() == 4:
        value = value.permute(3, 2, 0, 1).contiguous(memory_format=torch.channels_last)
    return value.requires_grad_()


def shown(value):
    """The inverse: NumPy, and kernels as [height, width, in, out]."""
    value = value.detach().cpu()
    return (value.permute(2, 3, 1, 0) if value.dim() == 4 else value).numpy().copy()


def mnist(p, x):
    """x [B, 1, 28, 28] to logits [B, 10]; p has the parameters by name."""
    x = F.relu(convolve(x, p["conv1/kernel"], p["conv1/bias"]))
    x = F.max_pool2d(x, 2)
    kernel = generate(p, p["embeddings/conv2/z"]).view(FILTERS, KERNEL, KERNEL, FILTERS)
    x = F.relu(convolve(x, channels_last(kernel.permute(3, 1, 2, 0)), p["conv2/bias"]))
    x = F.max_pool2d(x, 2)
    x = x.permute(0, 2, 3, 1).flatten(1)  # rows of dense/kernel: height, width, channel
    return torch.addmm(p["dense/bias"], x, p["dense/kernel"])


def wide_resnet(net, p, moving, x, training):
    """x [B, 3, 32, 32], normalised; logits [B, 10] and all kernels."""
    table = net.convolutions()
    made = group_kernels(p, table)

    def activate(x, name):
        # both libraries: new = (1 - share) old + share batch, the batch's variance unbiased
        return F.relu(F.batch_norm(
            x, moving[f"{name}/moving_mean"], moving[f"{name}/moving_variance"],
            p[f"{name}/gamma"], p[f"{name}/beta"], training, SHARE, EPSILON))

    x = activate(convolve(x, p["conv1/kernel"], p["conv1/bias"]), "conv1/bn")
    for (name1, i, o, stride), (name2, *_) in zip(table[::2], table[1::2]):
        y = activate(x, norm_of(name1))
        y = convolve(y, made[name1], p[f"{name1}/bias"], stride)
        y = activate(y, norm_of(name2))
        y = convolve(y, made[name2], p[f"{name2}/bias"])
        x = x if stride == 1 else F.avg_pool2d(x, 2)
        x = y + (x if i == o else F.pad(x, (0, 0, 0, 0, 0, o - i)))
    x = activate(x, "last/bn").mean((2, 3))
    logits = torch.addmm(p["dense/bias"], x, p["dense/kernel"])
    return logits, [p["conv1/kernel"], p["dense/kernel"], *made.values()]


def group_kernels(p, table):
    """The kernels of the groups by name: trained, or tiles [BASIC, BASIC] of one generator."""
    if "generator/output/W" not in p:
        return {name: p[f"{name}/kernel"] for name, *_ in table}
    z = torch.cat([p[f"embeddings/{name}/z"] for name, *_ in table])
    counts = [i // BASIC * (o // BASIC) for _, i, o, _ in table]
    tiles = generate(p, z).view(-1, BASIC, 9, BASIC).split(counts)
    made = {}
    for (name, i, o, _), tile in zip(table, tiles):
        grid = tile.view(i // BASIC, o // BASIC, BASIC, 9, BASIC)
        made[name] = channels_last(grid.permute(1, 4, 3, 0, 2).reshape(o, 3, 3, i))
    return made


def generate(p, z):
    """z [K, N_z]; one row for each embedding and channel in."""
    a = torch.addmm(p["generator/projection/B"], z, p["generator/projection/W"])
    a = a.view(-1, z.shape[1])
    return torch.addmm(p["generator/output/B"], a, p["generator/output/W"])


def channels_last(kernel):
    """[out, height, width, in] in memory; the same for PyTorch as [out, in, height, width]."""
    return kernel.contiguous().permute(0, 3, 1, 2)


def convolve(x, kernel, bias, stride=1):
    """TensorFlow's SAME: at stride 2 and an even size all that a 3x3 kernel lacks is at the end."""
    if stride == 1:
        return F.conv2d(x, kernel, bias, padding=kernel.shape[2] // 2)
    return F.conv2d(F.pad(x, (0, 1, 0, 1)), kernel, bias, stride)
