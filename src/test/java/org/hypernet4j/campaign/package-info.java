// SPDX-License-Identifier: Apache-2.0
/**
 * The fault campaign: attacks the product from outside, as {@code mvn -Pcampaign verify}.
 *
 * <p>A {@link org.hypernet4j.campaign.FaultKind} is one idea of what can go wrong: a kill, a
 * flipped bit, a full disk. Each of its attempts is decided by a seed alone and is either right or
 * {@link org.hypernet4j.campaign.Wrong}. {@link org.hypernet4j.campaign.Kinds} lists the kinds,
 * {@link org.hypernet4j.campaign.Campaign} runs them, {@link
 * org.hypernet4j.campaign.CampaignReport} tells the result. What is attacked is always a process of
 * its own, so that its crash or hang is a result and not the end of the campaign.
 */
@NullMarked
package org.hypernet4j.campaign;

import org.jspecify.annotations.NullMarked;
