// SPDX-License-Identifier: Apache-2.0
/**
 * How a scan recognises products and pieces of a cell's step whose gradient it computes itself.
 * Cells are written with {@code cell} alone.
 */
@NullMarked
package org.hypernet4j.cell.internal;

import org.jspecify.annotations.NullMarked;
