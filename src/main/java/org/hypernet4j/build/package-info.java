// SPDX-License-Identifier: Apache-2.0
/**
 * The one place that makes models, cells, generators, initialisers and optimizers from the records
 * of {@code spec}. Formulas belong to the packages that are called here, and the choice of training
 * data to the families.
 */
@NullMarked
package org.hypernet4j.build;

import org.jspecify.annotations.NullMarked;
