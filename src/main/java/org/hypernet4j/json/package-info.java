// SPDX-License-Identifier: Apache-2.0
/**
 * Strict JSON to records and back: annotations on a record's components are the one source of
 * defaults, limits, help, errors and schema. What a record means belongs to {@code spec}; no record
 * of a specification belongs here.
 */
@NullMarked
package org.hypernet4j.json;

import org.jspecify.annotations.NullMarked;
