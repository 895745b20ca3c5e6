// SPDX-License-Identifier: Apache-2.0
/**
 * What an export consists of: request, signatures, reference cases, manifest, guide, faults and
 * reports. The format is in {@code savedmodel}, files for servers in {@code serving}, judging in
 * {@code verify}, writing and publishing in {@code publish}.
 *
 * <p>Nothing here knows a model or its training: a caller brings graph, values and references.
 */
@NullMarked
package org.hypernet4j.export;

import org.jspecify.annotations.NullMarked;
