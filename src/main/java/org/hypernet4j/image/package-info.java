// SPDX-License-Identifier: Apache-2.0
/**
 * The family of image classifiers: its data, training task, evaluation, trained model, pictures and
 * export. Networks belong to {@code zoo}, pictures as such to {@code picture}.
 */
@NullMarked
package org.hypernet4j.image;

import org.jspecify.annotations.NullMarked;
