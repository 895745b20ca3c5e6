// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.image;

import org.hypernet4j.build.SpecModels;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.spec.ModelSpec;
import org.hypernet4j.zoo.ImageClassifier;

/** A classifier without training, and its outputs. */
record ClassifierGraph(ImageClassifier model, ClassifierOutputs outputs) {
  /** Builds equal ops in every graph. */
  static ClassifierGraph of(ParameterStore store, ModelSpec spec) {
    ImageClassifier model = SpecModels.imageClassifier(store.root(), spec);
    return new ClassifierGraph(
        model, ClassifierOutputs.build(store.root().child("inference").tf(), model));
  }
}
