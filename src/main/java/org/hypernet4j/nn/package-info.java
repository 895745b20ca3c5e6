// SPDX-License-Identifier: Apache-2.0
/**
 * Layers as functions of a tensor and a kernel, whether the kernel is trained directly or
 * generated.
 *
 * <p>No parameters are created here except those of {@link BatchNorm}: a model creates its own and
 * passes their values in. Losses are the framework's, except that of {@link MixtureDensity}; weight
 * decay is in {@code optim}, whole models are in {@code zoo}.
 */
@NullMarked
package org.hypernet4j.nn;

import org.jspecify.annotations.NullMarked;
