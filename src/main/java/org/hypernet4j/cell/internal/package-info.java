// SPDX-License-Identifier: Apache-2.0
/**
 * The products and pieces of a cell's step that a scan recognises, because it computes their
 * gradient itself. A custom cell needs {@code cell} alone.
 */
@NullMarked
package org.hypernet4j.cell.internal;

import org.jspecify.annotations.NullMarked;
