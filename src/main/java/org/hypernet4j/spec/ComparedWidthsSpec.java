// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Range;

/**
 * Pairs of widths for which a plain net is trained, to compare its error with that of generated
 * weights. Each net is trained by Adam with a learning rate that falls to 0 by a cosine.
 *
 * @param pairs how many different ones, drawn evenly from all
 * @param seed decides which
 * @param steps of the training of each net
 * @param batchSize images in one of these steps
 * @param learningRate at the first of these steps
 */
@Doc("Pairs of widths for which a plain net is really trained, to compare with generated weights")
public record ComparedWidthsSpec(
    @Doc("Different pairs, drawn evenly from all pairs") @Default("20") @Range(min = 2, max = 1000)
        int pairs,
    @Doc("Decides which pairs are drawn")
        @Default("1")
        @Range(min = 0, max = 9_007_199_254_740_991d)
        long seed,
    @Doc("Optimizer steps of each plain net") @Default("1000") @Range(min = 1, max = 1_000_000_000)
        int steps,
    @Doc("Images in each of these steps") @Default("100") @Range(min = 1, max = 1_000_000)
        int batchSize,
    @Doc("Learning rate of Adam at the first of these steps; it falls to 0 by a cosine")
        @Default("0.002")
        @Range(min = 1e-9, max = 1)
        double learningRate) {}
