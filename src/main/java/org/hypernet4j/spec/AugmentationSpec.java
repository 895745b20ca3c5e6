// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Range;

/** Random changes to training images; evaluation sees the images as they are. */
@Doc("Random changes to training images")
public record AugmentationSpec(
    @Doc("Zero pixels added on every side before a crop of the old size at a random place")
        @Default("0")
        @Range(min = 0, max = 64)
        int pad,
    @Doc("Whether half of the images are mirrored left to right") @Default("false") boolean flip) {}
