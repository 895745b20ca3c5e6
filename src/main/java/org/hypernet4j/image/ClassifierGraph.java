// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.image;

import org.hypernet4j.build.SpecModels;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.spec.ModelSpec;
import org.hypernet4j.zoo.ImageClassifier;

/** A classifier without training, and what it gives. */
record ClassifierGraph(ImageClassifier model, ClassifierOutputs outputs) {
  /** Builds it: the same in every graph. */
  static ClassifierGraph of(ParameterStore store, ModelSpec spec) {
    ImageClassifier model = SpecModels.imageClassifier(store.root(), spec);
    return new ClassifierGraph(
        model, ClassifierOutputs.build(store.root().child("inference").tf(), model));
  }
}
