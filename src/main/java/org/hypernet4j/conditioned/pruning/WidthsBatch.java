// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.pruning;

import org.hypernet4j.data.ImageBatch;

/** Images, and the widths of the net that learns from them. */
record WidthsBatch(ImageBatch images, Widths widths) {}
