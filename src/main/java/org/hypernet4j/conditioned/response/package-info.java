// SPDX-License-Identifier: Apache-2.0
/** Networks for strengths of a weight decay: one hypernetwork for a whole curve of settings. */
@NullMarked
package org.hypernet4j.conditioned.response;

import org.jspecify.annotations.NullMarked;
