# SPDX-License-Identifier: Apache-2.0
"""The HyperLSTM as Keras cells, plainly from the paper's equations (arXiv:1609.09106, A.2.2).

A model that the Java library trained is loaded from its exported version folder, runs and trains
further in Keras, and goes back as an .npz of weights by the Java names:

    from keras_twin import from_export, save_weights
    model = from_export("export/models/NAME/1")
    logits, state = model.read(ids)
    save_weights(model, "weights.npz")
"""

from .hyper_lstm_cell import HyperLSTMCell
from .language_model import LanguageModel, from_export
from .lstm_cell import LSTMCell
from .weights import load_weights, read_export, save_weights

__all__ = [
    "HyperLSTMCell", "LSTMCell", "LanguageModel", "from_export", "load_weights", "read_export",
    "save_weights"]
