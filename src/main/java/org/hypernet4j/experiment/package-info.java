// SPDX-License-Identifier: Apache-2.0
/**
 * What commands ask of all families together: which there are, how many parameters a model has,
 * runs that begin with weights from elsewhere. What only one family has belongs to its package,
 * what every training needs to {@code run}.
 *
 * <p>Nothing is printed here but through the stream or listener that the caller passes in.
 */
@NullMarked
package org.hypernet4j.experiment;

import org.jspecify.annotations.NullMarked;
