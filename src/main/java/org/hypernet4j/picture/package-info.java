// SPDX-License-Identifier: Apache-2.0
/**
 * Pictures as files: PNG grids of kernels, strips of coloured text, bars, points of a plane, pen
 * drawings, still or moving. Other packages decide what is drawn; file formats of numbers belong to {@code io}, charts with axes to
 * the command line.
 */
@NullMarked
package org.hypernet4j.picture;

import org.jspecify.annotations.NullMarked;
