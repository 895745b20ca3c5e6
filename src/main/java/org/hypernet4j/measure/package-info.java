// SPDX-License-Identifier: Apache-2.0
/**
 * How good predictions are, in float64 and without TensorFlow: calibration, the uncertainty of
 * several draws, detection of other data, rank correlation, the volume of a Pareto front, the error
 * of images, translations against references. What cannot be measured is a {@link
 * org.hypernet4j.error.UserError}.
 */
@NullMarked
package org.hypernet4j.measure;

import org.jspecify.annotations.NullMarked;
