// SPDX-License-Identifier: Apache-2.0
/**
 * The hardware that this machine computes with: the libraries and the driver of an NVIDIA GPU, and
 * the devices that TensorFlow makes of them.
 *
 * <p>This package finds and opens them, and reports what is missing. It does not decide how a model
 * uses devices; {@code train} does.
 */
@NullMarked
package org.hypernet4j.device;

import org.jspecify.annotations.NullMarked;
