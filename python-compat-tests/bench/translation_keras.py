# SPDX-License-Identifier: Apache-2.0
"""The translator in Keras under `tf.function`: the cells of `hyperlstm_keras` in `keras.layers.RNN`.

As in Java the products of the inputs stand before each loop; the context's product, which only the
loop knows, in it. The masks of the RNNs keep a state behind a source's end; the decoder needs none:
the loss does not look there.
"""

import keras
import tensorflow as tf

from hyperlstm_keras import HyperLstmCell
from hyperlstm_parameters import pack, unpack
from translation_nets import ADAM_EPSILON, BETAS, CLIP_NORM, KEEP, LAYERS, LEARNING_RATE, PAD


class AttendingCell(keras.layers.Layer):
    """A HyperLSTM that also reads the context of the step before; inputs [B, 4N+4M] of y alone.

    Output: h and the new context side by side. What it attends to is set before the loop, which
    takes it in as an invariant.
    """

    def __init__(self, cell, embedding, query_kernel):
        super().__init__()
        self.cell, self.query_kernel = cell, query_kernel
        self.embedding = embedding
        self.state_size = [*cell.state_size, cell.units]
        self.output_size = 2 * cell.units
        self.built = True

    def attend_to(self, memory, keys, never, column, drop):
        self.read = (memory, keys, never, column, drop)

    def call(self, inputs, states):
        memory, keys, never, column, drop = self.read
        *states, context = states
        w_context = self.cell.weight["w_x"].value[self.embedding:]
        h, states = self.cell(inputs + tf.matmul(drop(context), w_context), states)
        query = tf.matmul(h, self.query_kernel)[:, None]
        scores = tf.squeeze(tf.tensordot(tf.tanh(keys + query), column, 1), 2) + never
        context = tf.squeeze(tf.matmul(tf.nn.softmax(scores)[:, None], memory), 1)
        return tf.concat([h, context], 1), [*states, context]


class Translation:
    """`weights` are the variables by the Java names, those of the cells packed."""

    def __init__(self, parameters, keep=1.0):
        self.keep = keep
        self.cells, self.weights = {}, {}
        scopes = ["encoder/forwards", "encoder/backwards"]
        scopes += [f"{part}/layer{k}" for part in ("encoder", "decoder") for k in range(LAYERS)]
        for scope in scopes:
            own = {name.removeprefix(f"{scope}/"): value for name, value in parameters.items()
                   if name.startswith(f"{scope}/")}
            if own:
                self.cells[scope] = cell = HyperLstmCell(pack(own))
                self.weights |= {
                    f"{scope}/{name}": weight.value for name, weight in cell.weight.items()}
        for name, value in parameters.items():
            if not name.startswith(tuple(f"{scope}/" for scope in scopes)):
                self.weights[name] = tf.Variable(value, name=name.replace("/", "_"))
        self.rnns = {
            scope: keras.layers.RNN(
                cell, return_sequences=True, return_state=True, zero_output_for_mask=True)
            for scope, cell in self.cells.items() if scope != "decoder/layer0"}
        self.lowest = AttendingCell(
            self.cells["decoder/layer0"], parameters["embedding"].shape[1],
            self.weights["decoder/attention/query_kernel"])
        self.lowest_rnn = keras.layers.RNN(self.lowest, return_sequences=True)

    def drop(self, x):
        return tf.nn.dropout(x, 1 - self.keep) if self.keep < 1 else x

    def run(self, scope, x, state, counts=None):
        outputs, *final = self.rnns[scope](
            self.cells[scope].project(x), initial_state=state, mask=counts)
        return outputs, final

    def read(self, source):
        """source [B, S] to memory [B, S, N], the mask [B, S] and the states of the layers."""
        counts = source != PAD
        lengths = tf.reduce_sum(tf.cast(counts, tf.int32), 1)
        x = self.drop(tf.gather(self.weights["embedding"], source))
        zero = [tf.zeros([source.shape[0], size])
                for size in self.cells["encoder/forwards"].state_size]
        forwards, _ = self.run("encoder/forwards", x, zero, counts)
        backwards, state = self.run(
            "encoder/backwards", tf.reverse_sequence(x, lengths, 1), zero, counts)
        states = [state]
        x = tf.concat([forwards, tf.reverse_sequence(backwards, lengths, 1)], 2)
        for layer in range(1, LAYERS):
            x, state = self.run(f"encoder/layer{layer}", self.drop(x), zero, counts)
            states.append(state)
        return x, counts, states

    def loss(self, source, read, said):
        """Ids [B, S], [B, T], [B, T]; nats of all pieces and ends, a sentence."""
        w = self.weights
        memory, counts, states = self.read(source)
        keys = tf.tensordot(
            memory, w["decoder/attention/memory_kernel"], 1) + w["decoder/attention/b"]
        v = w["decoder/attention/v"]
        column = (w["decoder/attention/g"] * v / tf.norm(v))[:, None]
        never = tf.where(counts, 0.0, -1e9)
        self.lowest.attend_to(memory, keys, never, column, self.drop)
        cell, size = self.cells["decoder/layer0"], w["embedding"].shape[1]
        y = self.drop(tf.gather(w["embedding"], read))
        projected = tf.tensordot(y, w["decoder/layer0/w_x"][:size], 1) + tf.pad(
            w["decoder/layer0/hyper/b"], [[4 * cell.units, 0]])
        both = self.lowest_rnn(
            projected, initial_state=[*states[0], tf.zeros([source.shape[0], cell.units])])
        h, contexts = tf.split(both, 2, 2)
        for layer in range(1, LAYERS):
            x = self.drop(tf.concat([h, contexts], 2))
            h, _ = self.run(f"decoder/layer{layer}", x, states[layer])
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(
            said, tf.tensordot(h, w["softmax/kernel"], 1))
        return tf.reduce_sum(tf.where(said != PAD, each, 0.0)) / source.shape[0]


def gradients(parameters, batch):
    """The loss and its gradients by the Java names, without dropout."""
    model = Translation(parameters)

    @tf.function
    def run(*batch):
        with tf.GradientTape() as tape:
            loss = model.loss(*batch)
        return loss, [tf.convert_to_tensor(gradient) for gradient in tape.gradient(
            loss, list(model.weights.values()))]

    loss, found = run(*map(tf.constant, batch))
    found = {name: value.numpy() for name, value in zip(model.weights, found)}
    for scope in model.cells:
        prefix = f"{scope}/"
        own = {name: found.pop(name) for name in list(found) if name.startswith(prefix)}
        own = unpack({name.removeprefix(prefix): value for name, value in own.items()})
        found |= {prefix + name: value for name, value in own.items()}
    return loss.numpy(), found


def trainer(parameters, jit=False, keep=KEEP):
    """A function of ids [B, S], [B, T], [B, T] that makes one step and returns the loss."""
    model = Translation(parameters, keep)
    weights = list(model.weights.values())
    first = [tf.Variable(tf.zeros_like(w)) for w in weights]
    second = [tf.Variable(tf.zeros_like(w)) for w in weights]
    powers = [tf.Variable(beta) for beta in BETAS]

    @tf.function(jit_compile=jit)
    def step(*batch):
        with tf.GradientTape() as tape:
            loss = model.loss(*batch)
        found, _ = tf.clip_by_global_norm(
            [tf.convert_to_tensor(gradient) for gradient in tape.gradient(loss, weights)],
            CLIP_NORM)
        for w, m, v, g in zip(weights, first, second, found):
            tf.raw_ops.ResourceApplyAdam(
                var=w.handle, m=m.handle, v=v.handle, beta1_power=powers[0],
                beta2_power=powers[1], lr=LEARNING_RATE, beta1=BETAS[0], beta2=BETAS[1],
                epsilon=ADAM_EPSILON, grad=g)
        for power, beta in zip(powers, BETAS):
            power.assign(power * beta)
        return loss

    return lambda *batch: float(step(*map(tf.constant, batch)).numpy())
