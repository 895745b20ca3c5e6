// SPDX-License-Identifier: Apache-2.0
/**
 * The format of a SavedModel: graph, signatures, variables, objects for Python, and calls of a
 * loaded one. Whether a model is right is judged in {@code export.verify}.
 */
@NullMarked
package org.hypernet4j.export.savedmodel;

import org.jspecify.annotations.NullMarked;
