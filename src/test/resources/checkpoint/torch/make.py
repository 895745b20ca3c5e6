# SPDX-License-Identifier: Apache-2.0
"""Writes a two-layer LSTM of PyTorch 2.15 over one-hot symbols, and what it makes of a text.

    python make.py        # in this folder; prints the bits for each symbol of TEXT but the first

Four symbols, 4 units; the head is a Linear. The text is read as one stream from zero states.
"""
import math

import numpy as np
import torch

TEXT = "abcadacbdabcdabdcaacbdbadcab"

torch.manual_seed(3)


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = torch.nn.LSTM(4, 4, num_layers=2)
        self.fc = torch.nn.Linear(4, 4)

    def forward(self, x):
        return self.fc(self.rnn(x)[0])


model = Model().double()
with torch.no_grad():
    for p in model.parameters():
        p.copy_(torch.randn_like(p).float().double())
np.savez("lstm.npz", **{k: v.float().numpy() for k, v in model.state_dict().items()})
ids = torch.tensor(["abcd".index(c) for c in TEXT])
x = torch.nn.functional.one_hot(ids, 4).double().unsqueeze(1)
with torch.no_grad():
    loss = torch.nn.functional.cross_entropy(model(x)[:-1, 0], ids[1:])
print(repr(loss.item() / math.log(2)))
