// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.pareto;

import org.hypernet4j.data.TwoDigitsBatch;

/**
 * The pictures of a training step, in equal groups, and the preference of each group.
 *
 * @param preferences {@code [rows, 2]}, row-major
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
record ParetoBatch(TwoDigitsBatch pictures, float[] preferences) {}
