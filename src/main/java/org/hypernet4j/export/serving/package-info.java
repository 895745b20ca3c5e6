// SPDX-License-Identifier: Apache-2.0
/**
 * Files for a model server beside the model: warm-up records, batching, example requests, a guide.
 */
@NullMarked
package org.hypernet4j.export.serving;

import org.jspecify.annotations.NullMarked;
