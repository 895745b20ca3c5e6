// SPDX-License-Identifier: Apache-2.0
/**
 * Exported models at work inside a Java program: typed calls, batches put together from many
 * callers, a folder of versions of which the newest answers. Nothing here knows HTTP, a kind of
 * model, or training.
 */
@NullMarked
package org.hypernet4j.predict;

import org.jspecify.annotations.NullMarked;
