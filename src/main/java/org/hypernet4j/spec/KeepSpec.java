// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Range;

/** Dropout of a language model in training: the share of entries that stay, 1 for no dropout. */
@Doc("Dropout in training: the share of entries that STAY; 1 is no dropout")
public record KeepSpec(
    @Doc("Of the symbols that are shown") @Default("1") @Range(min = 0.001, max = 1) double input,
    @Doc("Of the top cell's output on its way to the softmax")
        @Default("1")
        @Range(min = 0.001, max = 1)
        double output,
    @Doc("Of the candidate tanh(g) in the main cell, anew at every step")
        @Default("1")
        @Range(min = 0.001, max = 1)
        double recurrent,
    @Doc("Of the candidate tanh(g) in the small cell") @Default("1") @Range(min = 0.001, max = 1)
        double hyperRecurrent,
    @Doc("Of a layer's output on its way to the next layer")
        @Default("1")
        @Range(min = 0.001, max = 1)
        double between) {}
