/**
 * Running a cell over time. {@link org.hypernet4j.unroll.StaticUnroll} copies the step into the
 * graph once for every time step: simple, and the reference that every other way is held against.
 *
 * <p>What a step computes belongs to {@code cell}.
 */
@NullMarked
package org.hypernet4j.unroll;

import org.jspecify.annotations.NullMarked;
