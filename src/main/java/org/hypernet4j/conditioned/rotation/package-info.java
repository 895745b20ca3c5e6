// SPDX-License-Identifier: Apache-2.0
/**
 * Networks for images turned by an angle, their weights made from its cosine and sine.
 *
 * <ul>
 *   <li>{@link org.hypernet4j.conditioned.rotation.ZeroShot}: all weights, for angles that no
 *       training image had.
 *   <li>{@link org.hypernet4j.conditioned.rotation.Adapters}: low-rank changes to a trained network
 *       that stays as it is.
 *   <li>{@link org.hypernet4j.conditioned.rotation.RotatedNetwork}: what both build, and {@link
 *       org.hypernet4j.conditioned.rotation.RotationTask}, their training.
 * </ul>
 */
@NullMarked
package org.hypernet4j.conditioned.rotation;

import org.jspecify.annotations.NullMarked;
