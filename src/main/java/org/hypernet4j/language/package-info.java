// SPDX-License-Identifier: Apache-2.0
/**
 * The family of language models: texts, training task, evaluation, generating and tracing text, and
 * export with its signatures. Networks belong to {@code zoo}, cells to {@code cell}.
 */
@NullMarked
package org.hypernet4j.language;

import org.jspecify.annotations.NullMarked;
