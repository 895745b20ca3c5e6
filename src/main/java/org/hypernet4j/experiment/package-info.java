// SPDX-License-Identifier: Apache-2.0
/**
 * Services of all families together: the list of families, counts of parameters, runs that begin
 * with imported weights. Code of one family belongs to its package, code of every training to
 * {@code run}.
 *
 * <p>Nothing is printed here except through the stream or listener that the caller passes in.
 */
@NullMarked
package org.hypernet4j.experiment;

import org.jspecify.annotations.NullMarked;
