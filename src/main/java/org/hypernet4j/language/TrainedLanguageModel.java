// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.hypernet4j.build.SpecModels;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.data.EncodedText;
import org.hypernet4j.data.Vocabulary;
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
import org.hypernet4j.spec.LanguageModelSpec;
import org.hypernet4j.zoo.LanguageModel;
import org.jspecify.annotations.Nullable;

/** A language model with its trained parameters in a session, and its symbols. */
public final class TrainedLanguageModel implements TrainedModel {
  private final ExperimentSpec spec;
  private final Vocabulary vocabulary;
  private final InferenceSession<Built> opened;

  private record Built(
      LanguageModel model, LanguageOutputs outputs, List<ServingSignature> signatures) {
    static Built of(ParameterStore store, LanguageModelSpec spec, Vocabulary vocabulary) {
      LanguageModel model = SpecModels.languageModel(store.root(), spec);
      return new Built(
          model,
          LanguageOutputs.build(store.root().child("inference").tf(), model),
          LanguageModelSignatures.build(store.root(), model, vocabulary));
    }
  }

  private TrainedLanguageModel(
      ExperimentSpec spec, Vocabulary vocabulary, InferenceSession<Built> opened) {
    this.spec = spec;
    this.vocabulary = vocabulary;
    this.opened = opened;
  }

  /**
   * Opens a model with the parameters of a checkpoint.
   *
   * @param vocabulary the symbols of its ids
   * @throws UserError if the checkpoint is of another model, or the model has too few symbols
   */
  public static TrainedLanguageModel open(
      ExperimentSpec spec, Checkpoint checkpoint, Vocabulary vocabulary) {
    LanguageModelSpec model = LanguageModelTask.model(spec.model());
    if (vocabulary.size() > model.symbols()) {
      throw UserError.in("vocabulary")
          .what("has more symbols than the model")
          .expected("at most " + model.symbols())
          .received(vocabulary.size())
          .next("take the vocabulary that was stored with the model")
          .build();
    }
    return new TrainedLanguageModel(
        spec,
        vocabulary,
        InferenceSession.open(checkpoint, store -> Built.of(store, model, vocabulary)));
  }

  /** The specification of the model. */
  public ExperimentSpec specification() {
    return spec;
  }

  /** The symbols of the ids. */
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /**
   * Mean nats ({@code loss}) and bits ({@code bpc}) for each symbol of a text but the first, with
   * {@code training.evaluateBatchSize} streams: all but the first of them begin without context.
   *
   * @throws UserError if the text has fewer than two symbols, or ids that the model lacks
   */
  public Map<String, Double> measure(EncodedText text) {
    opened.model().model().requireIds("text", text.ids());
    return LanguageModelTask.evaluator(spec, opened.model().outputs())
        .measure(opened.session(), text);
  }

  /** A reader that goes symbol by symbol; must be closed before this model. */
  StreamingModel stepped() {
    return new StreamingModel(
        opened.session(),
        LanguageModelSignatures.find(opened.model().signatures(), LanguageModelSignatures.STEP));
  }

  /** Reference cases of random symbols: the user's data are not used. */
  @Override
  public List<ReferenceCase> references(@Nullable Path data) {
    if (data != null) {
      throw UserError.in(Setting.of("data"))
          .what("the reference inputs of a language model are symbols of its own")
          .expected("nothing")
          .received(data)
          .next("leave " + Setting.of("data") + " out")
          .build();
    }
    return LanguageModelReferences.record(
        opened.session(), opened.model().signatures(), vocabulary);
  }

  @Override
  public ExportRequest exportRequest(
      ExportForm form, List<ReferenceCase> references, Provenance provenance, Path base) {
    new LanguageFamily().requireForm(form);
    return LanguageModelExport.request(
            form.nameOf(spec),
            LanguageModelTask.model(spec.model()),
            vocabulary,
            ParameterValues.read(opened.session(), opened.store().model()),
            references,
            base)
        .withProvenance(provenance);
  }

  /**
   * Reads a text and measures the internal values at every symbol.
   *
   * @param where begins the message of an error, for example {@code text}
   * @param ids the text
   * @throws UserError if there are fewer than two ids, or one that the model lacks
   */
  public TextTrace trace(String where, int... ids) {
    return new TextProbe(opened.store().root().child("probe").tf(), opened.model().model())
        .read(opened.session(), where, ids);
  }

  @Override
  public void close() {
    opened.close();
  }
}
