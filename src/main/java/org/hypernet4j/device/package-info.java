// SPDX-License-Identifier: Apache-2.0
/**
 * What this machine computes with: the libraries and the driver of an NVIDIA GPU, and the devices
 * that TensorFlow makes of them.
 *
 * <p>What belongs here: finding and opening them, and saying what is missing. How a model uses
 * devices is decided in {@code train}.
 */
@NullMarked
package org.hypernet4j.device;

import org.jspecify.annotations.NullMarked;
