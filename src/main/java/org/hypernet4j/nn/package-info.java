/**
 * Layers as functions of a tensor and a kernel, wherever the kernel comes from: trained directly or
 * generated.
 *
 * <p>No parameter is made here: a model makes its own and passes their values in. Losses are the
 * framework's, weight decay is in {@code optim}, whole models are in {@code zoo}.
 */
@NullMarked
package org.hypernet4j.nn;

import org.jspecify.annotations.NullMarked;
