// SPDX-License-Identifier: Apache-2.0
/**
 * Images as networks: {@link org.hypernet4j.conditioned.images.SineImages} makes the weights of a
 * network of sines from a code of the image.
 */
@NullMarked
package org.hypernet4j.conditioned.images;

import org.jspecify.annotations.NullMarked;
