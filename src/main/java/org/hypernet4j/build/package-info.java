// SPDX-License-Identifier: Apache-2.0
/**
 * The one place that makes models, cells, generators, initialisers and optimizers of the records of
 * {@code spec}. Formulas belong to the packages that are called here, and what is trained on which
 * data to the families.
 */
@NullMarked
package org.hypernet4j.build;

import org.jspecify.annotations.NullMarked;
