// SPDX-License-Identifier: Apache-2.0
/**
 * Pictures as files: PNG grids of kernels, strips of coloured text, bars, points of a plane,
 * charts, rows of images, pen drawings, still or moving. They need neither display nor fonts. Other
 * packages decide what is drawn; file formats of numbers belong to {@code io}.
 */
@NullMarked
package org.hypernet4j.picture;

import org.jspecify.annotations.NullMarked;
