// SPDX-License-Identifier: Apache-2.0
/**
 * Families of networks made from a condition: a task, a noise, a preference, a description, an
 * image.
 *
 * <ul>
 *   <li>{@link org.hypernet4j.conditioned.Member}: one use of conditioned networks, from data to
 *       pictures; each has a package of its own below this one.
 *   <li>{@link org.hypernet4j.conditioned.MemberFamily}, {@link
 *       org.hypernet4j.conditioned.MemberExperiment}, {@link org.hypernet4j.conditioned.MemberRun},
 *       {@link org.hypernet4j.conditioned.TrainedMember}: what all of them share.
 *   <li>{@link org.hypernet4j.conditioned.Functions}: what a built model can compute.
 * </ul>
 */
@NullMarked
package org.hypernet4j.conditioned;

import org.jspecify.annotations.NullMarked;
