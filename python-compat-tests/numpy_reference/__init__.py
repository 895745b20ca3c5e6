# SPDX-License-Identifier: Apache-2.0
"""HyperNetworks (Ha, Dai, Le, arXiv:1609.09106) in NumPy float64, from the paper's equations.

An independent calculation that the Java library, the exported models and the Keras twin are held
against. Nothing here knows TensorFlow or the Java code; only the names and layouts of parameters
are those that the Java cells document. Letters: B batch, T steps, I input size, N main units,
M units of the small cell, E numbers in an embedding. Packed gates are column blocks i, g, f, o.
Every array may have one more axis in front of those that are named, on which all broadcast:
`gradient` puts one shifted copy for each entry of a parameter there.

`python generate.py` writes export/reference.
"""
