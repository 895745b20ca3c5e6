// SPDX-License-Identifier: Apache-2.0
/**
 * The family of translation models (HyperNetworks, section 4.6): training, measuring, exporting and
 * using models of {@code zoo.TranslationModel} by their specifications.
 */
@NullMarked
package org.hypernet4j.translation;

import org.jspecify.annotations.NullMarked;
