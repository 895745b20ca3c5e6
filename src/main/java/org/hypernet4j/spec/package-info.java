// SPDX-License-Identifier: Apache-2.0
/**
 * The vocabulary of specifications: a record for each thing that a file can ask for, with its
 * checks. Reading JSON into a record belongs to {@code json}, building objects from a record to
 * {@code build}.
 */
@NullMarked
package org.hypernet4j.spec;

import org.jspecify.annotations.NullMarked;
