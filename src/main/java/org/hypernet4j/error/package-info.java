// SPDX-License-Identifier: Apache-2.0
/**
 * The one exception that reaches a user. It depends on nothing, everything may depend on it.
 *
 * <p>What does not belong here: exceptions for programming errors (use the JDK's).
 */
@NullMarked
package org.hypernet4j.error;

import org.jspecify.annotations.NullMarked;
