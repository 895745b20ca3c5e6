// SPDX-License-Identifier: Apache-2.0
/**
 * Tasks that are learned one after another: {@link
 * org.hypernet4j.conditioned.continual.ContinualLearning} makes a network for each from its
 * embedding, and a regulariser keeps those of earlier tasks.
 */
@NullMarked
package org.hypernet4j.conditioned.continual;

import org.jspecify.annotations.NullMarked;
