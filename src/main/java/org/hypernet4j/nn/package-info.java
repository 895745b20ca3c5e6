/**
 * Layers as functions of a tensor and a kernel, wherever the kernel comes from: trained directly or
 * generated. Parameters are made in the scope that is passed in; losses live here too.
 *
 * <p>Whole models belong to {@code zoo}.
 */
@NullMarked
package org.hypernet4j.nn;

import org.jspecify.annotations.NullMarked;
