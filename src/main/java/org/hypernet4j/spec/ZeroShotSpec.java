// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.TypeName;

/**
 * A network for turned images whose weights are made from the angle, described by its cosine and
 * sine: angles that no training image had get a network too.
 *
 * @param network the network for one angle
 * @param generator how its weights are made; {@code plain} for one network for all angles, {@code
 *     separate} for one of its own for each angle of the training
 * @param rotations the angles
 */
@Doc("A network for images turned by an angle, its weights made from the angle's cosine and sine")
@TypeName("zero-shot")
public record ZeroShotSpec(
    @Doc("The network for one angle") @Default("{\"type\": \"mlp\"}") NetworkSpec network,
    @Doc(
            "How its weights are made from cosine and sine; plain: one network for all angles;"
                + " separate: one for each angle of the training, of which the nearest is taken")
        @Default("{\"type\": \"heads\"}")
        GeneratorSpec generator,
    @Doc("The angles") @Default("{}") RotationsSpec rotations)
    implements ModelSpec {
  @Override
  public String kind() {
    return "networks made from an angle";
  }

  @Override
  public void requireFits(DataSpec data) {
    RotatedImages.requireFits(data);
  }
}
