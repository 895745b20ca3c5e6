// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.continual;

import org.hypernet4j.data.ImageBatch;

/**
 * What one step learns from.
 *
 * @param images of the present task
 * @param task its number
 * @param stepOfTask steps of the task before this one
 * @param earlier the earlier tasks whose networks are kept, then zeros: as many numbers in every
 *     step
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
record ContinualBatch(ImageBatch images, int task, int stepOfTask, int[] earlier) {}
