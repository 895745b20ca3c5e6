// SPDX-License-Identifier: Apache-2.0
/** The report of a finished run: one page that explains it to someone who was not there. */
@NullMarked
package org.hypernet4j.report;

import org.jspecify.annotations.NullMarked;
