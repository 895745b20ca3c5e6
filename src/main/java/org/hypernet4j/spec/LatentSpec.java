// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Range;

/** The latent vector of sketch-rnn (arXiv:1704.03477), and the weight of its divergence. */
@Doc("The latent vector of sketch-rnn: an encoder reads the whole drawing in both directions")
public record LatentSpec(
    @Doc("Numbers in the vector; the decoder reads them with every point")
        @Default("128")
        @Range(min = 1, max = 4096)
        int size,
    @Doc("The cell of each direction of the encoder") CellSpec encoder,
    @Doc("Weight of the divergence in the loss after many steps")
        @Default("0.5")
        @Range(min = 0, max = 1000)
        double klWeight,
    @Doc("Its weight at the first step") @Default("0.01") @Range(min = 0, max = 1000)
        double klWeightStart,
    @Doc("Factor by which the distance between the two weights shrinks with every step")
        @Default("0.99995")
        @Range(above = 0, max = 1)
        double klDecay,
    @Doc("Divergence for each number of the vector that costs nothing")
        @Default("0.2")
        @Range(min = 0, max = 1000)
        double klTolerance) {}
