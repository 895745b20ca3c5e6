// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Items;
import org.hypernet4j.json.Range;
import org.hypernet4j.json.TypeName;

/**
 * Images as small networks of sines (Sitzmann et al., NeurIPS 2020): an encoder makes a code z of
 * an image, a hypernetwork makes from z the network that maps coordinates to the image's grey
 * values.
 *
 * @param codeSize numbers of z
 * @param encoder units of the encoder's hidden layers
 * @param hidden units of the layers of sines
 * @param frequency w_0
 * @param codeDecay weight of the mean square of z in the loss
 * @param weightDecay weight of the mean square of the generated weights in the loss
 */
@Doc("Images as networks of sines, whose weights are made from a code of the image (SIREN)")
@TypeName("sine-images")
public record SineImagesSpec(
    @Doc("Numbers in the code z of an image") @Default("32") @Range(min = 1, max = 65_536)
        int codeSize,
    @Doc("Units of each hidden layer of the encoder, which makes z from the image")
        @Default("[256]")
        @Items(min = 0, max = 100)
        @Range(min = 1, max = 65_536)
        List<Integer> encoder,
    @Doc("Units of each layer of sines of the network that is an image")
        @Default("[32, 32]")
        @Items(min = 1, max = 100)
        @Range(min = 1, max = 4096)
        List<Integer> hidden,
    @Doc("w_0: what stands before the sum inside each sine")
        @Default("30")
        @Range(min = 1e-3, max = 1e4)
        double frequency,
    @Doc("How the weights of an image's network are made from z")
        @Default("{\"type\": \"heads\", \"hiddenSizes\": [256], \"apart\": true, \"spread\": 0.01}")
        GeneratorSpec generator,
    @Doc("Weight of the mean square of z in the loss")
        @Default("0.00001")
        @Range(min = 0, max = 1000)
        double codeDecay,
    @Doc("Weight of the mean square of the generated weights in the loss")
        @Default("0.00001")
        @Range(min = 0, max = 1000)
        double weightDecay)
    implements ModelSpec {
  /** Refuses a generator that has no use for a code. */
  public SineImagesSpec {
    if (generator instanceof GeneratorSpec.Plain || generator instanceof GeneratorSpec.Separate) {
      throw UserError.in("generator")
          .what("makes the same network for every image, or one for each of a list")
          .expected("a generator that reads the code of an image, 'heads' for example")
          .received(generator instanceof GeneratorSpec.Plain ? "plain" : "separate")
          .build();
    }
  }

  @Override
  public String kind() {
    return "a family of images as networks";
  }

  @Override
  public void requireFits(DataSpec data) {
    if (!(data instanceof MnistDataSpec mnist)) {
      throw UserError.in("data.type")
          .what("images as networks are learned from grey images")
          .expected("mnist")
          .received(data.typeName())
          .build();
    }
    ImageDataSpec.requireUnchanged(mnist);
  }
}
