// SPDX-License-Identifier: Apache-2.0
/** Networks for preferences between two losses: one hypernetwork for a whole Pareto front. */
@NullMarked
package org.hypernet4j.conditioned.pareto;

import org.jspecify.annotations.NullMarked;
