// SPDX-License-Identifier: Apache-2.0
/**
 * Networks that make the weights of other networks.
 *
 * <ul>
 *   <li>{@link org.hypernet4j.hyper.KernelSource}: a table of shapes in, named kernels out. A model
 *       takes this, and asks no further where its kernels come from.
 *   <li>{@link org.hypernet4j.hyper.WeightGenerator}: a network from embeddings z to basic kernels,
 *       all of one shape; {@link org.hypernet4j.hyper.GeneratorSettings} are its sizes.
 *   <li>{@link org.hypernet4j.hyper.GeneratedKernels}: tiles basic kernels of one generator to a
 *       table of larger ones, from embeddings that you give or that it makes.
 *   <li>{@link org.hypernet4j.hyper.EmbeddedKernels}: the same as a source, with settings in place
 *       of the generator.
 *   <li>{@link org.hypernet4j.hyper.GivenKernels}: a source that generates nothing.
 * </ul>
 *
 * <p>Nothing here knows which model uses the kernels: that belongs to the model.
 */
@NullMarked
package org.hypernet4j.hyper;

import org.jspecify.annotations.NullMarked;
