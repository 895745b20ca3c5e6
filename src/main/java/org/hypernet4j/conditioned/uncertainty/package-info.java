// SPDX-License-Identifier: Apache-2.0
/**
 * Networks that predict together and tell how sure they are: {@link
 * org.hypernet4j.conditioned.uncertainty.Uncertainty}. A Bayesian hypernetwork, an implicit one,
 * networks from learned rows, and for comparison separate networks and one alone.
 */
@NullMarked
package org.hypernet4j.conditioned.uncertainty;

import org.jspecify.annotations.NullMarked;
