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
 * A trained network that stays as it is, and changes of low rank to its kernels that are made from
 * the angle by which images are turned.
 *
 * @param base where the trained network is
 * @param network the network
 * @param rank of the changes
 * @param scale factor of the changes
 * @param kernels the names of the kernels that change; empty for all of them
 * @param embeddingSize numbers that tell the kernels apart
 * @param hiddenSizes of the layers that make the changes
 * @param rotations the angles
 */
@Doc(
    "A trained network, frozen, with low-rank changes to its kernels that are made from the angle"
        + " by which images are turned")
@TypeName("adapters")
public record AdaptersSpec(
    @Doc(
            "The trained network: the folder of a run, or a file of weights as for 'import'. It is"
                + " read when a run begins; the run then has a copy of its own")
        String base,
    @Doc("The network; that of 'base'") @Default("{\"type\": \"mlp\"}") NetworkSpec network,
    @Doc("Rank of the changes") @Default("8") @Range(min = 1, max = 4096) int rank,
    @Doc("Factor of the changes") @Default("1") @Range(above = 0, max = 1000) double scale,
    @Doc("Names of the kernels that change, such as dense0/kernel; none for all of them")
        @Default("[]")
        @Items(min = 0, max = 1000)
        List<String> kernels,
    @Doc("Numbers of the learned embedding that tells the kernels apart")
        @Default("8")
        @Range(min = 1, max = 65_536)
        int embeddingSize,
    @Doc("Units of each hidden layer of the hypernetwork that makes the changes")
        @Default("[64, 64]")
        @Items(min = 0, max = 100)
        @Range(min = 1, max = 65_536)
        List<Integer> hiddenSizes,
    @Doc("The angles") @Default("{}") RotationsSpec rotations)
    implements ModelSpec {
  /** Copies the lists, and refuses a base without a name and a scale that is 0 as a float32. */
  public AdaptersSpec {
    kernels = List.copyOf(kernels);
    hiddenSizes = List.copyOf(hiddenSizes);
    StrokesModelSpec.requireFloat("scale", scale);
    if (base.isBlank()) {
      throw UserError.in("base")
          .what("names no trained network")
          .expected("the folder of a run, or a file of weights")
          .received("'" + base + "'")
          .next("train one first, for example with graphs/adapters-base.json")
          .build();
    }
  }

  @Override
  public String kind() {
    return "a network with adapters made from an angle";
  }

  @Override
  public void requireFits(DataSpec data) {
    RotatedImages.requireFits(data);
  }
}
