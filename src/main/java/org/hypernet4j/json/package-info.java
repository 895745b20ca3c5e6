// SPDX-License-Identifier: Apache-2.0
/**
 * Strict JSON to records and back: annotations on a record's components are the one source of
 * defaults, limits, help, errors and schema. The records and their meaning belong to {@code spec},
 * none of them here.
 */
@NullMarked
package org.hypernet4j.json;

import org.jspecify.annotations.NullMarked;
