// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.error.UserError;
import org.hypernet4j.json.Doc;

/** A network that a specification file can ask for. */
@Doc("The network")
public sealed interface ModelSpec
    permits MnistConvNetSpec,
        DenseClassifierSpec,
        WideResNetSpec,
        LanguageModelSpec,
        StrokesModelSpec,
        TranslationModelSpec,
        SineImagesSpec,
        UncertaintySpec,
        ParetoModelSpec,
        BestResponseModelSpec,
        ContinualModelSpec,
        ZeroShotSpec,
        AdaptersSpec,
        PruningSpec {
  /** Human-readable kind of the model. */
  String kind();

  /**
   * Whether its training steps were seen to be faster on a GPU when XLA compiles them: they are of
   * many small ops, and launching one takes longer than computing it.
   */
  default boolean gainsFromCompilation() {
    return false;
  }

  /** Whether all of its training steps are of one size; XLA compiles a step for each size. */
  default boolean hasStepsOfOneSize() {
    return true;
  }

  /**
   * Checks that the network can learn from the data.
   *
   * @throws UserError that names the key, with its path from the top of the file
   */
  void requireFits(DataSpec data);
}
