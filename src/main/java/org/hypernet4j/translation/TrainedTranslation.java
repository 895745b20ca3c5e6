// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.translation;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.build.SpecTranslation;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.data.ParallelPieces;
import org.hypernet4j.data.Subwords;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.Provenance;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.run.ExportForm;
import org.hypernet4j.run.InferenceSession;
import org.hypernet4j.run.TrainedModel;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.ParallelTextDataSpec;
import org.hypernet4j.spec.TranslationModelSpec;
import org.hypernet4j.zoo.TranslationModel;
import org.jspecify.annotations.Nullable;

/** A translation model with its trained parameters in a session, and its pieces. */
public final class TrainedTranslation implements TrainedModel {
  private final ExperimentSpec spec;
  private final Subwords subwords;
  private final InferenceSession<Built> opened;

  private record Built(
      TranslationModel model, TranslationOutputs outputs, List<ServingSignature> signatures) {
    static Built of(ParameterStore store, TranslationModelSpec spec) {
      TranslationModel model = SpecTranslation.model(store.root(), spec);
      return new Built(
          model,
          TranslationOutputs.build(store.root().child("inference").tf(), model, spec.beam()),
          TranslationSignatures.build(store.root(), model, spec.beam()));
    }
  }

  private TrainedTranslation(
      ExperimentSpec spec, Subwords subwords, InferenceSession<Built> opened) {
    this.spec = spec;
    this.subwords = subwords;
    this.opened = opened;
  }

  /**
   * Opens a model with the parameters of a checkpoint.
   *
   * @throws UserError if the checkpoint is of another model, or the model has too few pieces
   */
  public static TrainedTranslation open(
      ExperimentSpec spec, Checkpoint checkpoint, Subwords subwords) {
    TranslationModelSpec model = TranslationTask.model(spec.model());
    requireFit(model, subwords);
    return new TrainedTranslation(
        spec, subwords, InferenceSession.open(checkpoint, store -> Built.of(store, model)));
  }

  /** Checks that a model has an output for every piece. */
  static void requireFit(TranslationModelSpec model, Subwords subwords) {
    if (subwords.size() > model.pieces()) {
      throw UserError.in("model.pieces")
          .what("the model has fewer pieces than the vocabulary")
          .expected("at least " + subwords.size())
          .received(model.pieces())
          .next("set model.pieces to " + subwords.size())
          .build();
    }
  }

  /** The specification of the model. */
  public ExperimentSpec specification() {
    return spec;
  }

  /** The pieces of both languages. */
  public Subwords subwords() {
    return subwords;
  }

  /** The signatures, as an exported model has them. */
  List<ServingSignature> signatures() {
    return opened.model().signatures();
  }

  /** The session of the model, for its signatures. */
  InferenceSession<?> session() {
    return opened;
  }

  /** The model that was built. */
  TranslationModel model() {
    return opened.model().model();
  }

  /**
   * Translates sentences by the search.
   *
   * @param source ids of each, at least one
   * @return ids of each translation, without its end
   */
  List<int[]> translate(List<int[]> source) {
    return new TranslationEvaluator(opened.model().outputs(), subwords, source.size())
        .translate(opened.session(), opened.model().outputs().beam(), source);
  }

  /**
   * Measures given translations, and the translations of the search.
   *
   * @param references the given translations as text
   */
  Map<String, Double> measure(ParallelPieces sentences, List<String> references) {
    return new TranslationEvaluator(
            opened.model().outputs(), subwords, spec.training().evaluateBatchSize())
        .measure(opened.session(), sentences, references, true);
  }

  /** As {@link #measure} of each test, {@code NAME/metric}. */
  Map<String, Double> measureTests(TranslationData data) {
    Map<String, Double> all = new LinkedHashMap<>();
    data.tests()
        .forEach(
            (name, pieces) ->
                measure(pieces, data.text().tests().get(name).target())
                    .forEach((metric, value) -> all.put(name + "/" + metric, value)));
    return all;
  }

  /** Reference cases of random pieces: the user's data are not used. */
  @Override
  public List<ReferenceCase> references(@Nullable Path data) {
    if (data != null) {
      throw UserError.in(Setting.of("data"))
          .what("the reference inputs of a translation model are pieces of its own")
          .expected("nothing")
          .received(data)
          .next("leave " + Setting.of("data") + " out")
          .build();
    }
    return TranslationReferences.record(opened.session(), signatures(), subwords);
  }

  @Override
  public ExportRequest exportRequest(
      ExportForm form, List<ReferenceCase> references, Provenance provenance, Path base) {
    new TranslationFamily().requireForm(form);
    ParallelTextDataSpec data = TranslationData.spec(spec.data());
    return TranslationExport.request(
            form.nameOf(spec),
            TranslationTask.model(spec.model()),
            subwords,
            data.source(),
            data.target(),
            ParameterValues.read(opened.session(), opened.store().model()),
            references,
            base)
        .withProvenance(provenance);
  }

  @Override
  public void close() {
    opened.close();
  }
}
