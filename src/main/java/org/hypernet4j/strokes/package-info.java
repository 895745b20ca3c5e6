// SPDX-License-Identifier: Apache-2.0
/**
 * Models of handwriting and sketches: training, evaluation, drawing and export. Data belong to
 * {@code data}, the networks to {@code zoo}.
 */
@NullMarked
package org.hypernet4j.strokes;

import org.jspecify.annotations.NullMarked;
