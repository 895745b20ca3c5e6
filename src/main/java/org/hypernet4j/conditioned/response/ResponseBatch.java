// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.response;

import org.hypernet4j.data.ImageBatch;

/**
 * A training step's images, in equal groups, and the images that the search for the strength sees.
 *
 * @param strengths {@code [rows]}: draws from N(0, 1), or the strengths of separate networks
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
record ResponseBatch(ImageBatch training, ImageBatch validation, float[] strengths) {}
