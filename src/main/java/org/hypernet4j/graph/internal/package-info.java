// SPDX-License-Identifier: Apache-2.0
/**
 * Work with TensorFlow's graphs that the packages of this library share and no other code may rely
 * on: loops and functions, gradients of our own, the state kept for each graph. Users call {@code
 * graph}.
 */
@NullMarked
package org.hypernet4j.graph.internal;

import org.jspecify.annotations.NullMarked;
