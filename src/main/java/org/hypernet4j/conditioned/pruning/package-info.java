// SPDX-License-Identifier: Apache-2.0
/**
 * Pruning by generated weights: {@link org.hypernet4j.conditioned.pruning.Pruning} makes the
 * weights of a net from its widths and crops them.
 */
@NullMarked
package org.hypernet4j.conditioned.pruning;

import org.jspecify.annotations.NullMarked;
