# SPDX-License-Identifier: Apache-2.0
"""The HyperLSTM in PyTorch: input products of all steps before the loop, fused kernels in it."""

import torch
import torch.nn.functional as F

from hyperlstm_parameters import (
    ADAM_EPSILON, BETA1, BETA2, CLIP_NORM, EPSILON, FORGET_BIAS, LEARNING_RATE, STATE, VOCABULARY,
    pack, unpack)


class HyperLstm(torch.nn.Module):
    """The cell and its loop; the weights packed, with _ for / in their names."""

    def __init__(self, parameters, compiled=False, device="cpu"):
        super().__init__()
        packed = pack(parameters)
        self.names = {name: name.replace("/", "_") for name in packed}
        for name, value in packed.items():
            value = torch.nn.Parameter(torch.tensor(value, device=device))
            self.register_parameter(self.names[name], value)
        # the step, not the sequence: a graph of all steps takes minutes to compile
        self.advance = torch.compile(self.step, fullgraph=True) if compiled else self.step

    def lstm_update(self, prefix, pre, c):
        """pre [4, B, units] before layer norm, if there is one, c [B, units] to the next (c, h)."""
        units = c.shape[-1]
        normalised = f"{prefix}ln_gain" in self.names.values()
        w = {name: getattr(self, prefix + name)
             for name in ("ln_gain", "ln_shift", "ln_c_gain", "ln_c_shift") if normalised}
        if normalised:
            pre = torch.addcmul(
                w["ln_shift"].view(4, 1, units), F.layer_norm(pre, (units,), eps=EPSILON),
                w["ln_gain"].view(4, 1, units))
        i, g, f, o = pre.unbind(0)
        c = torch.sigmoid(f + FORGET_BIAS) * c + torch.sigmoid(i) * torch.tanh(g)
        shown = c
        if normalised:
            shown = F.layer_norm(c, (units,), w["ln_c_gain"], w["ln_c_shift"], EPSILON)
        return c, torch.sigmoid(o) * torch.tanh(shown)

    def step(self, projected, c, h, hyper_c, hyper_h):
        """projected [B, 4N+4M] = x w_x with hyper/b added; returns the next state."""
        batch, units = h.shape

        def by_gate(pre):
            return pre.view(batch, 4, -1).transpose(0, 1)

        parts = [4 * units, self.hyper_b.shape[0]]
        h_main, h_small = (h @ self.w_h).split(parts, 1)
        x_main, x_small = projected.split(parts, 1)
        small = torch.addmm(x_small + h_small, hyper_h, self.hyper_W_h)
        hyper_c, hyper_h = self.lstm_update("hyper_", by_gate(small), hyper_c)
        a_bias = F.pad(self.a_bias, (0, self.a_bias.shape[0] // 2))
        z = torch.addmm(a_bias, hyper_h, self.a).view(batch, 12, -1)
        d_h, d_x, beta = torch.bmm(z.transpose(0, 1), self.d).split(4, 0)
        pre = beta + self.b.view(4, 1, units)
        pre = torch.addcmul(pre, d_h, by_gate(h_main))
        pre = torch.addcmul(pre, d_x, by_gate(x_main))
        c, h = self.lstm_update("", pre, c)
        return c, h, hyper_c, hyper_h

    def project(self, x):
        """x [.., I] to [.., 4N+4M]."""
        return x @ self.w_x + F.pad(self.hyper_b, (self.b.shape[0], 0))

    def zero_state(self, batch):
        sizes = [self.b.shape[0] // 4] * 2 + [self.hyper_b.shape[0] // 4] * 2
        return tuple(torch.zeros(batch, size, device=self.b.device) for size in sizes)

    def forward(self, x, state):
        """x [T, B, I]; outputs [T, B, N] and the final state."""
        outputs = []
        for projected in self.project(x).unbind(0):
            state = self.advance(projected, *state)
            outputs.append(state[1])
        return torch.stack(outputs), state

    def logits(self, h):
        return F.linear(h, self.softmax_W.t(), self.softmax_b)


def sequence(parameters, x, state, r, compiled=False):
    """Outputs, final state and the gradients of sum(out * r), all NumPy; see hyperlstm_check."""
    model = HyperLstm(parameters, compiled)
    x = torch.tensor(x, requires_grad=True)
    start = tuple(torch.tensor(state[part], requires_grad=True) for part in STATE)
    out, final = model(x, start)
    loss = torch.sum(out * torch.tensor(r))
    loss.backward()
    results = {"out": out, "loss": loss, "grad_x": x.grad}
    results |= {f"state/{part}": final[k] for k, part in enumerate(STATE)}
    results |= {f"grad_state/{part}": start[k].grad for k, part in enumerate(STATE)}
    results = {name: value.detach().numpy() for name, value in results.items()}
    grads = {name: getattr(model, field).grad for name, field in model.names.items()}
    grads = unpack({name: g.numpy() for name, g in grads.items() if g is not None})
    return results | {f"grad/{name}": value for name, value in grads.items()}


def trainer(parameters, compiled=False, device="cpu"):
    """A function of (ids, targets), int32 [T, B], that makes one step and returns the loss."""
    model = HyperLstm(parameters, compiled, device)
    weights = list(model.parameters())
    adam = torch.optim.Adam(
        weights, LEARNING_RATE, betas=(BETA1, BETA2), eps=ADAM_EPSILON, fused=True)

    def run(ids, targets):
        ids, targets = (torch.from_numpy(a).to(device).long() for a in (ids, targets))
        x = F.one_hot(ids, VOCABULARY).float()
        out, _ = model(x, model.zero_state(ids.shape[1]))
        loss = F.cross_entropy(model.logits(out).flatten(0, 1), targets.flatten())
        adam.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, CLIP_NORM)
        adam.step()
        return loss.item()

    return run


def single(parameters):
    """A function of one id that advances a stream of batch 1 and returns its logits [1, V]."""
    model = HyperLstm(parameters)
    state = model.zero_state(1)

    @torch.inference_mode()
    def run(index):
        nonlocal state
        x = F.one_hot(torch.tensor([index]), VOCABULARY).float()
        state = model.step(model.project(x), *state)
        return model.logits(state[1]).numpy()

    return run
