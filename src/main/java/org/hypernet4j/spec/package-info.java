// SPDX-License-Identifier: Apache-2.0
/**
 * Specification files: what a JSON file in {@code graphs/} may say, as Java records, and the strict
 * way from text to record and back.
 *
 * <p>The annotations on the record components are the only source of defaults, limits, help text,
 * error messages and the JSON Schema. A new kind of model, generator or data set is one record that
 * one sealed interface permits.
 *
 * <p>What does not belong here: anything that builds a graph or touches TensorFlow, and files other
 * than specifications.
 */
@NullMarked
package org.hypernet4j.spec;

import org.jspecify.annotations.NullMarked;
