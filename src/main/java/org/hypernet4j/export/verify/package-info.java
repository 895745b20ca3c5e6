// SPDX-License-Identifier: Apache-2.0
/**
 * Whether an exported model is what its manifest says and safe to load, and opening one: structure,
 * checkpoint, ops, reference outputs, in a fresh JVM where it matters. Nothing is written here.
 */
@NullMarked
package org.hypernet4j.export.verify;

import org.jspecify.annotations.NullMarked;
