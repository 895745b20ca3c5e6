// SPDX-License-Identifier: Apache-2.0
/**
 * Randomness without state: every number is a function of a key and a counter, so that any step of
 * a run can be computed again by itself, in any order and on any thread.
 *
 * <p>What does not belong here: anything that knows what the numbers are for (crops, initial
 * values), and generators that remember where they are.
 */
@NullMarked
package org.hypernet4j.random;

import org.jspecify.annotations.NullMarked;
