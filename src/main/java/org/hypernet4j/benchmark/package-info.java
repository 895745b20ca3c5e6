// SPDX-License-Identifier: Apache-2.0
/**
 * How long steps and predictions take, on which devices, and what models cost beside each other.
 * Nothing here changes what is computed.
 */
@NullMarked
package org.hypernet4j.benchmark;

import org.jspecify.annotations.NullMarked;
