# SPDX-License-Identifier: Apache-2.0
"""The peers by name, and what each needs to be installed."""

import dataclasses
import importlib
import importlib.util
import os


@dataclasses.dataclass(frozen=True)
class Peer:
    module: str
    package: str
    options: dict = dataclasses.field(default_factory=dict)

    def missing(self):
        """Why the peer cannot run here, or None."""
        if importlib.util.find_spec(self.package):
            return None
        return f"the Python package {self.package} is not installed (see requirements-bench.txt)"

    def sequence(self, *args):
        return self._load().sequence(*args, **self.options)

    def trainer(self, parameters):
        return self._load().trainer(parameters, **self.options)

    def single(self, parameters):
        return self._load().single(parameters)

    def _load(self):
        limit_threads(self.package)
        return importlib.import_module(self.module)


PEERS = {
    "keras": Peer("hyperlstm_keras", "tensorflow"),
    "keras-plain": Peer("hyperlstm_keras", "tensorflow", {"hoisted": False}),
    "keras-jit": Peer("hyperlstm_keras", "tensorflow", {"jit": True}),
    "jax": Peer("hyperlstm_jax", "jax"),
    "torch": Peer("hyperlstm_torch", "torch"),
    "torch-compile": Peer("hyperlstm_torch", "torch", {"compiled": True}),
}
THREADS = 2
ALL_CORES = "HYPERLSTM_ALL_CORES"  # in the environment: no limit, for whoever is started, too
_limited = set()


def limit_threads(package):
    """Two threads, once and before the package does anything; JAX goes by the CPU affinity."""
    if package in _limited or ALL_CORES in os.environ:
        return
    _limited.add(package)
    if package == "tensorflow":
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(THREADS)
        tf.config.threading.set_inter_op_parallelism_threads(THREADS)
    elif package == "torch":
        import torch

        torch.set_num_threads(THREADS)
