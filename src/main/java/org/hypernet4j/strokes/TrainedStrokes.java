// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.hypernet4j.build.SpecModels;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.data.DrawingPart;
import org.hypernet4j.data.StrokeScaling;
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
import org.hypernet4j.run.RunFolder;
import org.hypernet4j.run.TrainedModel;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.StrokesModelSpec;
import org.hypernet4j.zoo.StrokeModel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A model of strokes with its trained parameters in a session, and its units. */
public final class TrainedStrokes implements TrainedModel {
  private static final Logger LOG = LoggerFactory.getLogger(TrainedStrokes.class);

  /** Points of a drawing that a training leaves, of a model that never ends one. */
  private static final int SHORT = 200;

  private final ExperimentSpec spec;
  private final StrokeScaling scaling;
  private final @Nullable Vocabulary vocabulary;
  private final InferenceSession<Built> opened;

  private record Built(
      StrokeModel model, StrokesOutputs outputs, List<ServingSignature> signatures) {
    static Built of(ParameterStore store, StrokesModelSpec spec, StrokeScaling scaling) {
      StrokeModel model = SpecModels.strokeModel(store.root(), spec);
      return new Built(
          model,
          StrokesOutputs.build(store.root().child("inference").tf(), model),
          StrokesSignatures.build(store.root(), model, spec, scaling));
    }
  }

  private TrainedStrokes(
      ExperimentSpec spec,
      StrokeScaling scaling,
      @Nullable Vocabulary vocabulary,
      InferenceSession<Built> opened) {
    this.spec = spec;
    this.scaling = scaling;
    this.vocabulary = vocabulary;
    this.opened = opened;
  }

  /**
   * Opens a model with the parameters of a checkpoint.
   *
   * @param vocabulary the characters of a model with a window, else null
   * @throws UserError if the checkpoint is of another model
   */
  public static TrainedStrokes open(
      ExperimentSpec spec,
      Checkpoint checkpoint,
      StrokeScaling scaling,
      @Nullable Vocabulary vocabulary) {
    StrokesModelSpec model = StrokesTask.model(spec.model());
    return new TrainedStrokes(
        spec,
        scaling,
        vocabulary,
        InferenceSession.open(checkpoint, store -> Built.of(store, model, scaling)));
  }

  /** The specification of the model. */
  public ExperimentSpec specification() {
    return spec;
  }

  /** The units of the model. */
  public StrokeScaling scaling() {
    return scaling;
  }

  /** The characters of a model with a window, else null. */
  public @Nullable Vocabulary vocabulary() {
    return vocabulary;
  }

  /**
   * Nats of drawings, see {@link StrokesEvaluator}.
   *
   * @throws UserError if there is none
   */
  public Map<String, Double> measure(DrawingPart drawings) {
    return StrokesTask.measure(
        spec, opened.model().outputs(), scaling, vocabulary, opened.session(), drawings);
  }

  /** The session of the model, for its signatures. */
  InferenceSession<?> session() {
    return opened;
  }

  /** The model that was built. */
  StrokeModel model() {
    return opened.model().model();
  }

  /** The signatures, as an exported model has them. */
  List<ServingSignature> signatures() {
    return opened.model().signatures();
  }

  /** Reference cases of drawings of its own: the user's data are not used. */
  @Override
  public List<ReferenceCase> references(@Nullable Path data) {
    if (data != null) {
      throw UserError.in(Setting.of("data"))
          .what("the reference inputs of a model of strokes are drawings of its own")
          .expected("nothing")
          .received(data)
          .next("leave " + Setting.of("data") + " out")
          .build();
    }
    return StrokesReferences.record(opened, signatures(), StrokesTask.model(spec.model()), scaling);
  }

  @Override
  public ExportRequest exportRequest(
      ExportForm form, List<ReferenceCase> references, Provenance provenance, Path base) {
    new StrokesFamily().requireForm(form);
    return StrokesExport.request(
            form.nameOf(spec),
            StrokesTask.model(spec.model()),
            scaling,
            vocabulary,
            ParameterValues.read(opened.session(), opened.store().model()),
            references,
            base)
        .withProvenance(provenance);
  }

  /**
   * Drawings at five temperatures, below them some of the data if they are built in. A model too
   * wild to draw with leaves none: that must not cost the training its export.
   */
  @Override
  public Map<String, Path> drawInto(RunFolder folder) {
    Path drawings = folder.path().resolve("drawings");
    StrokesModel model = StrokesModel.of(this);
    SketchSettings settings = SketchSettings.DEFAULT;
    try {
      new SketchBook(model, model.properties().ends() ? settings : settings.withLength(SHORT))
          .draw(drawings);
    } catch (UserError e) {
      LOG.warn("no drawings in {}: {}", drawings, e.getMessage());
      return Map.of();
    }
    return Map.of("drawings at five temperatures", drawings.resolve("drawings.png"));
  }

  @Override
  public void close() {
    opened.close();
  }
}
