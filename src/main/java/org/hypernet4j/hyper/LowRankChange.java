// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * A change of low rank to a kernel (Hu et al., "LoRA: Low-rank adaptation of large language
 * models", ICLR 2022): {@code W' = W + s A B}, where W is seen as a matrix of {@code height width
 * in} rows and {@code out} columns.
 *
 * @param a A, {@code [m, r]}, or {@code [rows, m, r]} for one network each
 * @param b B, {@code [r, n]} or {@code [rows, r, n]}
 * @param scale s
 */
public record LowRankChange(Operand<TFloat32> a, Operand<TFloat32> b, float scale) {}
