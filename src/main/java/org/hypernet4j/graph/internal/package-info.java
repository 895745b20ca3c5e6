// SPDX-License-Identifier: Apache-2.0
/**
 * What the packages of this library share of TensorFlow's graphs and nobody else may rely on: loops
 * and functions, gradients of our own, the state kept for each graph. Users call {@code graph}.
 */
@NullMarked
package org.hypernet4j.graph.internal;

import org.jspecify.annotations.NullMarked;
