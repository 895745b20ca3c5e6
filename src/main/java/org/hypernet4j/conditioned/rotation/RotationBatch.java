// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.rotation;

/**
 * The images of a step, equally many of each angle.
 *
 * @param pixels uint8 {@code [angles, images, height, width, channels]}
 * @param labels {@code [angles, images]}
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
record RotationBatch(byte[] pixels, int[] labels) {
  int count() {
    return labels.length;
  }
}
