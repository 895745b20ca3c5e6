// SPDX-License-Identifier: Apache-2.0
/**
 * Times of steps and predictions, the devices that they run on, and the cost of models compared
 * with each other. Nothing here changes a result.
 */
@NullMarked
package org.hypernet4j.benchmark;

import org.jspecify.annotations.NullMarked;
