# SPDX-License-Identifier: Apache-2.0
"""The translator in PyTorch: the cells of `hyperlstm_torch`, attention by hand.

As in Java the products of the inputs stand before each loop; the context's product, which only the
loop knows, in it. The loops of the encoder keep a state behind a sentence's end, those of the
decoder need not: the loss does not look there.
"""

import torch
import torch.nn.functional as F

from hyperlstm_torch import HyperLstm
from translation_nets import ADAM_EPSILON, BETAS, CLIP_NORM, KEEP, LAYERS, LEARNING_RATE, PAD


class Translation(torch.nn.Module):
    """Parameters by the Java names, those of the cells packed."""

    def __init__(self, parameters, keep=1.0, compiled=False):
        super().__init__()
        self.keep = keep
        scopes = ["encoder/forwards", "encoder/backwards"]
        scopes += [f"{part}/layer{k}" for part in ("encoder", "decoder") for k in range(LAYERS)]
        self.cells = torch.nn.ModuleDict()
        self.names = {}
        for scope in scopes:
            own = {name.removeprefix(f"{scope}/"): value for name, value in parameters.items()
                   if name.startswith(f"{scope}/")}
            if own:
                self.cells[scope.replace("/", "_")] = HyperLstm(own, compiled)
        for name, value in parameters.items():
            if not name.startswith(tuple(f"{scope}/" for scope in scopes)):
                self.names[name] = name.replace("/", "_")
                self.register_parameter(
                    self.names[name], torch.nn.Parameter(torch.tensor(value)))

    def drop(self, x):
        return F.dropout(x, 1 - self.keep) if self.keep < 1 else x

    def run(self, scope, x, state, alive=None):
        """x [T, B, I]; outputs [T, B, N] and the last state; alive [T, B, 1] or None."""
        cell, outputs = self.cells[scope], []
        for t, projected in enumerate(cell.project(x).unbind(0)):
            following = cell.advance(projected, *state)
            output = following[1]
            if alive is not None:
                output = output * alive[t]
                following = tuple(
                    torch.where(alive[t], new, old) for new, old in zip(following, state))
            state = following
            outputs.append(output)
        return torch.stack(outputs), state

    def read(self, source):
        """source [B, S] to memory [B, S, N], the mask [B, S] and the states of the layers."""
        counts = source != PAD
        alive = counts.t().unsqueeze(-1)
        batch, time = source.shape
        lengths, places = counts.sum(1), torch.arange(time).unsqueeze(1)
        turned = torch.where(places < lengths, lengths - 1 - places, places)  # [S, B]
        columns = torch.arange(batch)
        x = self.drop(self.embedding[source.t()])
        zero = self.cells["encoder_forwards"].zero_state(batch)
        forwards, _ = self.run("encoder_forwards", x, zero, alive)
        backwards, state = self.run("encoder_backwards", x[turned, columns], zero, alive)
        states = [state]
        x = torch.cat([forwards, backwards[turned, columns]], -1)
        for layer in range(1, LAYERS):
            x, state = self.run(f"encoder_layer{layer}", self.drop(x), zero, alive)
            states.append(state)
        return x.transpose(0, 1), counts, states

    def lowest(self, y, memory, counts, state):
        """y [T, B, e]; outputs and contexts [T, B, N]."""
        cell, size = self.cells["decoder_layer0"], y.shape[-1]
        v = self.decoder_attention_v
        v = (self.decoder_attention_g * v / v.norm()).unsqueeze(1)
        keys = memory @ self.decoder_attention_memory_kernel + self.decoder_attention_b
        never = torch.where(counts, 0.0, -torch.inf)
        pad = F.pad(cell.hyper_b, (cell.b.shape[0], 0))
        w_y, w_context = cell.w_x[:size], cell.w_x[size:]
        context = torch.zeros(memory.shape[0], memory.shape[2])
        outputs, contexts = [], []
        for projected in (y @ w_y + pad).unbind(0):
            state = cell.advance(torch.addmm(projected, self.drop(context), w_context), *state)
            query = (state[1] @ self.decoder_attention_query_kernel).unsqueeze(1)
            scores = (torch.tanh(keys + query) @ v).squeeze(2) + never
            context = torch.bmm(F.softmax(scores, 1).unsqueeze(1), memory).squeeze(1)
            outputs.append(state[1])
            contexts.append(context)
        return torch.stack(outputs), torch.stack(contexts)

    def loss(self, source, read, said):
        """Ids [B, S], [B, T], [B, T]; nats of all pieces and ends, a sentence."""
        memory, counts, states = self.read(source)
        y = self.drop(self.embedding[read.t()])
        h, contexts = self.lowest(y, memory, counts, states[0])
        for layer in range(1, LAYERS):
            x = self.drop(torch.cat([h, contexts], -1))
            h, _ = self.run(f"decoder_layer{layer}", x, states[layer])
        logits = h @ self.softmax_kernel
        return F.cross_entropy(
            logits.flatten(0, 1), said.t().flatten(), ignore_index=PAD, reduction="sum"
        ) / len(source)

    def gradients(self):
        """By the Java names."""
        from hyperlstm_parameters import unpack

        found = {name: getattr(self, field).grad for name, field in self.names.items()}
        for scope, cell in self.cells.items():
            own = unpack({name: getattr(cell, field).grad.numpy()
                          for name, field in cell.names.items()})
            found |= {f"{scope.replace('_', '/', 1)}/{name}": value for name, value in own.items()}
        return {name: value if value is None else torch.as_tensor(value).numpy()
                for name, value in found.items()}


def trainer(parameters, compiled=False, keep=KEEP):
    """A function of ids [B, S], [B, T], [B, T] that makes one step and returns the loss."""
    model = Translation(parameters, keep, compiled)
    weights = list(model.parameters())
    adam = torch.optim.Adam(weights, LEARNING_RATE, betas=BETAS, eps=ADAM_EPSILON, fused=True)

    def run(source, read, said):
        loss = model.loss(*(torch.from_numpy(ids).long() for ids in (source, read, said)))
        adam.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, CLIP_NORM)
        adam.step()
        return loss.item()

    return run
