// SPDX-License-Identifier: Apache-2.0
/**
 * File formats and how files reach the disk: atomic writing, TensorFlow checkpoints, TFRecord,
 * TensorBoard events. Users see NumPy arrays, in {@code io}.
 */
@NullMarked
package org.hypernet4j.io.internal;

import org.jspecify.annotations.NullMarked;
