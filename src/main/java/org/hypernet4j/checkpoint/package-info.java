// SPDX-License-Identifier: Apache-2.0
/**
 * Checkpoints, from which a stopped run continues, and import of foreign weights.
 *
 * <p>This package holds the checkpoint, its file format, the folder that keeps a few of them, the
 * conversion between a checkpoint and the parameters of a session, and the import of weights from
 * elsewhere. It does not decide when to save (listeners of the training do) and does not export
 * models (package {@code export}).
 */
@NullMarked
package org.hypernet4j.checkpoint;

import org.jspecify.annotations.NullMarked;
