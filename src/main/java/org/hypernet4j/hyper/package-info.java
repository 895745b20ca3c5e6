// SPDX-License-Identifier: Apache-2.0
/**
 * Networks that make the weights of other networks.
 *
 * <ul>
 *   <li>{@link org.hypernet4j.hyper.KernelSource}: a table of shapes in, named kernels out. A model
 *       takes this and does not depend on the origin of its kernels.
 *   <li>{@link org.hypernet4j.hyper.WeightGenerator}: a network from embeddings z to basic kernels,
 *       all of one shape; {@link org.hypernet4j.hyper.GeneratorSettings} are its sizes.
 *   <li>{@link org.hypernet4j.hyper.GeneratedKernels}: tiles basic kernels of one generator to a
 *       table of larger ones, from given embeddings or from its own.
 *   <li>{@link org.hypernet4j.hyper.EmbeddedKernels}: generated kernels as a source, with settings
 *       in place of the generator.
 *   <li>{@link org.hypernet4j.hyper.GivenKernels}: a source that generates nothing.
 * </ul>
 *
 * <p>Nothing here depends on the model that uses the kernels.
 */
@NullMarked
package org.hypernet4j.hyper;

import org.jspecify.annotations.NullMarked;
