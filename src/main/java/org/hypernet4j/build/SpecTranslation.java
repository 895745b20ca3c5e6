// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.build;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.cell.Attention;
import org.hypernet4j.cell.AttentionSettings;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.spec.AttentionSpec;
import org.hypernet4j.spec.CellSpec;
import org.hypernet4j.spec.KeepSpec;
import org.hypernet4j.spec.TranslationModelSpec;
import org.hypernet4j.zoo.ContextForm;
import org.hypernet4j.zoo.TranslationDecoder;
import org.hypernet4j.zoo.TranslationEncoder;
import org.hypernet4j.zoo.TranslationModel;

/** Translation models as specification files describe them. */
public final class SpecTranslation {
  private SpecTranslation() {}

  /** Creates a translation model's parameters below a scope. */
  public static TranslationModel model(ParameterScope scope, TranslationModelSpec spec) {
    TranslationEncoder encoder = encoder(scope.child("encoder"), spec);
    float range = (float) spec.initialRange();
    return new TranslationModel(
        scope,
        spec.pieces(),
        encoder,
        decoder(scope.child("decoder"), spec, encoder.outputSize()),
        Initializers.uniform(-range, range),
        SpecModels.keep(spec.keep()),
        spec.start() == TranslationModelSpec.Start.ENCODER);
  }

  private static TranslationEncoder encoder(ParameterScope scope, TranslationModelSpec spec) {
    CellSpec cell = spec.cell();
    KeepSpec keep = spec.keep();
    int e = spec.embeddingSize();
    RnnCell<?> forwards = SpecCells.of(scope.child("forwards"), cell, e, 1, keep);
    RnnCell<?> backwards = SpecCells.of(scope.child("backwards"), cell, e, 1, keep);
    List<RnnCell<?>> upper = new ArrayList<>();
    for (int i = 1; i < spec.encoderLayers(); i++) {
      int below = i == 1 ? 2 * cell.units() : cell.units();
      upper.add(SpecCells.of(scope.child("layer" + i), cell, below, 1, keep));
    }
    return new TranslationEncoder(forwards, backwards, upper);
  }

  private static TranslationDecoder decoder(
      ParameterScope scope, TranslationModelSpec spec, int memorySize) {
    CellSpec cell = spec.cell();
    int units = cell.units();
    List<RnnCell<?>> layers = new ArrayList<>();
    for (int i = 0; i < spec.decoderLayers(); i++) {
      int below = i == 0 ? spec.embeddingSize() : units;
      layers.add(SpecCells.of(scope.child("layer" + i), cell, below + memorySize, 1, spec.keep()));
    }
    return new TranslationDecoder(
        layers.get(0),
        layers.subList(1, layers.size()),
        new Attention(scope.child("attention"), settings(spec.attention(), units, memorySize)),
        spec.context() == TranslationModelSpec.Context.GNMT
            ? ContextForm.GNMT
            : ContextForm.GNMT_V2);
  }

  private static AttentionSettings settings(AttentionSpec spec, int querySize, int memorySize) {
    int units = spec.units() == null ? querySize : spec.units();
    return switch (spec.score()) {
      case ADDITIVE -> AttentionSettings.additive(querySize, memorySize, units);
      case NORMED_ADDITIVE ->
          AttentionSettings.additive(querySize, memorySize, units).withNormalisation(true);
      case MULTIPLICATIVE -> AttentionSettings.multiplicative(querySize, memorySize);
      case SCALED_MULTIPLICATIVE ->
          AttentionSettings.multiplicative(querySize, memorySize).withScale(true);
    };
  }
}
