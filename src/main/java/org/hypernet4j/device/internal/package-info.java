// SPDX-License-Identifier: Apache-2.0
/** Finds and opens devices, drivers and NVIDIA's libraries. Users call {@code device}. */
@NullMarked
package org.hypernet4j.device.internal;

import org.jspecify.annotations.NullMarked;
