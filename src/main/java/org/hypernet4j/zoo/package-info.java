// SPDX-License-Identifier: Apache-2.0
/**
 * Whole models, one class for each experiment of the paper, with plain settings. No model depends
 * on the records of {@code spec}; {@code build} makes models from them.
 *
 * <p>A model creates its parameters in its constructor and computes in methods that may be called
 * any number of times, so that one set of parameters serves the training and the evaluation half of
 * a graph. Data and training do not belong here, nor losses that the framework has.
 */
@NullMarked
package org.hypernet4j.zoo;

import org.jspecify.annotations.NullMarked;
