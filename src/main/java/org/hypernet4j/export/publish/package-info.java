// SPDX-License-Identifier: Apache-2.0
/**
 * Writing, verifying and numbering a model: export, and publication to another folder. A version
 * appears whole or not at all.
 */
@NullMarked
package org.hypernet4j.export.publish;

import org.jspecify.annotations.NullMarked;
