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

  /** Whether it computes step after step of time, in a loop of many small ops. */
  default boolean isRecurrent() {
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
