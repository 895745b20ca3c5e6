// SPDX-License-Identifier: Apache-2.0
/**
 * Running a cell over time. {@link org.hypernet4j.unroll.Scan} is the differentiable loop: any
 * number of steps, one graph. {@link org.hypernet4j.unroll.StaticUnroll} copies the step into the
 * graph once for every time step: simple, and the reference that the loop is checked against.
 *
 * <p>What a step computes belongs to {@code cell}; loops and gradients as such to {@code graph}.
 */
@NullMarked
package org.hypernet4j.unroll;

import org.jspecify.annotations.NullMarked;
