// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import java.util.List;
import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Items;
import org.hypernet4j.json.Range;
import org.hypernet4j.json.TypeName;

/**
 * A classifier of images that tells how sure it is: not one dense network but several of one
 * distribution, which predict together and whose disagreement is measured.
 *
 * @param hidden units of each hidden layer of a network
 * @param method where the networks come from
 */
@Doc("Dense networks that predict together and tell how sure they are")
@TypeName("uncertainty")
public record UncertaintySpec(
    @Doc("Units of each hidden layer of a network")
        @Default("[200]")
        @Items(min = 0, max = 100)
        @Range(min = 1, max = 65_536)
        List<Integer> hidden,
    @Doc("Where the networks come from") UncertaintyMethodSpec method)
    implements ModelSpec {
  /** Height and width of an image. */
  public static final int IMAGE_SIZE = 28;

  /** Classes that are told apart. */
  public static final int CLASSES = 10;

  /** Copies the list. */
  public UncertaintySpec {
    hidden = List.copyOf(hidden);
  }

  @Override
  public String kind() {
    return "a classifier that tells how sure it is";
  }

  @Override
  public void requireFits(DataSpec data) {
    ImageDataSpec.requireFits(data, "mnist", IMAGE_SIZE, CLASSES);
    if (data instanceof ImageDataSpec images) {
      ImageDataSpec.requireUnchanged(images);
    }
  }
}
