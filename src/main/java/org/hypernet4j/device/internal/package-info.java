// SPDX-License-Identifier: Apache-2.0
/** How devices, drivers and NVIDIA's libraries are found and opened. Users call {@code device}. */
@NullMarked
package org.hypernet4j.device.internal;

import org.jspecify.annotations.NullMarked;
