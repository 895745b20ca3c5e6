/**
 * Networks that make the weights of other networks.
 *
 * <p>A {@link org.hypernet4j.hyper.WeightGenerator} turns embeddings into basic kernels; {@link
 * org.hypernet4j.hyper.GeneratedKernels} takes a table of kernel shapes and returns named tensors,
 * tiled where a kernel is larger than the basic one; a {@link org.hypernet4j.hyper.KernelSource} is
 * any generator in the form "shapes in, named tensors out". Nothing here knows which model uses the
 * kernels: that belongs to the model.
 */
@NullMarked
package org.hypernet4j.hyper;

import org.jspecify.annotations.NullMarked;
