// SPDX-License-Identifier: Apache-2.0
/**
 * Models over HTTP: TensorFlow Serving's REST and gRPC interfaces, and a page to try them. What a
 * model answers is decided in {@code predict} and in the families of models; nothing here computes.
 */
@NullMarked
package org.hypernet4j.server;

import org.jspecify.annotations.NullMarked;
