// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.awt.image.BufferedImage;
import org.hypernet4j.error.UserError;

/**
 * An image of grey pixels.
 *
 * @param values {@code [height * width]}, row by row, from 0 (black) to 1 (white); what is beyond
 *     is drawn as black or white
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record GreyImage(int height, int width, float[] values) {
  /**
   * Checks the values.
   *
   * @throws UserError if one is NaN
   */
  public GreyImage {
    if (height < 1 || width < 1 || values.length != (long) height * width) {
      throw new IllegalArgumentException(
          values.length + " values for " + height + " x " + width + " pixels");
    }
    for (int i = 0; i < values.length; i++) {
      if (Float.isNaN(values[i])) {
        throw UserError.in("picture")
            .what("an image with a pixel that is not a number cannot be drawn")
            .received("NaN in row " + i / width + ", column " + i % width)
            .next("look for the step at which training diverged")
            .build();
      }
    }
  }

  BufferedImage buffered() {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    int[] grey = new int[values.length];
    for (int i = 0; i < grey.length; i++) {
      grey[i] = Math.round(255 * Math.max(0, Math.min(1, values[i])));
    }
    // the raster takes grey levels as they are; setRGB would pass them through a colour space
    image.getRaster().setPixels(0, 0, width, height, grey);
    return image;
  }
}
