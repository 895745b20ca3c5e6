// SPDX-License-Identifier: Apache-2.0
/**
 * Drawings as a pen makes them: points and strokes, as numbers. Files belong to {@code data},
 * pictures to {@code picture}, models to {@code zoo}.
 */
@NullMarked
package org.hypernet4j.pen;

import org.jspecify.annotations.NullMarked;
