// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.rotation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.hypernet4j.conditioned.BakedMember;
import org.hypernet4j.conditioned.Functions;
import org.hypernet4j.conditioned.Member;
import org.hypernet4j.conditioned.OpenedMember;
import org.hypernet4j.data.ImageBatch;
import org.hypernet4j.data.ImageRotation;
import org.hypernet4j.data.ImageTask;
import org.hypernet4j.data.LabeledImages;
import org.hypernet4j.data.TaskImages;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.image.ImageDatasets;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.nn.TargetNetwork;
import org.hypernet4j.nn.Weights;
import org.hypernet4j.picture.Chart;
import org.hypernet4j.run.ComparedFigure;
import org.hypernet4j.run.DrawOptions;
import org.hypernet4j.run.Drawing;
import org.hypernet4j.run.TestResult;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.ModelSpec;
import org.hypernet4j.spec.NetworkSpec;
import org.hypernet4j.spec.RotatedImages;
import org.hypernet4j.spec.RotationsSpec;
import org.hypernet4j.train.StepInputs;
import org.hypernet4j.train.TrainingTask.TrainingOps;
import org.jspecify.annotations.Nullable;

/** What networks for turned images share, wherever their weights come from. */
abstract class RotationMember implements Member<Rotations> {
  private static final int[] REFERENCE_BATCHES = {1, 7, 32};

  /**
   * A model in a graph.
   *
   * @param base the weights of the trained network that it changes; empty if there is none
   */
  record Built(RotatedNetwork network, List<Weights> base) {
    Functions functions(ParameterStore store) {
      return RotationFunctions.build(store.root().child("inference").tf(), network, base);
    }
  }

  /** The angles of a model. */
  abstract RotationsSpec rotations(ModelSpec model);

  /** The network of a model, without what makes its weights. */
  abstract NetworkSpec networkSpec(ModelSpec model);

  /**
   * Creates the parameters.
   *
   * @param base the weights of a trained network with which the model begins, by name; empty for
   *     zeros
   */
  abstract Built network(ParameterStore store, ModelSpec model, Map<String, float[]> base);

  /**
   * All figures of the model.
   *
   * @param images of each angle
   */
  Map<String, Double> figures(OpenedMember model, RotationScores scores, List<TaskImages> images) {
    return scores.figures("accuracy");
  }

  /** What is said of the figures below the means. */
  List<String> lines(RotationScores scores, Map<String, Double> figures) {
    return List.of(scores.extremes());
  }

  @Override
  public Rotations load(ExperimentSpec spec, @Nullable Path folder) {
    return Rotations.load(spec, rotations(spec.model()), folder);
  }

  @Override
  public RotationTask task(ExperimentSpec spec, Rotations data) {
    return new RotationTask(spec, this, data);
  }

  @Override
  public TrainingOps define(ExperimentSpec spec, ParameterStore store, StepInputs inputs) {
    return RotationTask.define(spec, this, Map.of(), store, inputs).ops();
  }

  @Override
  public Functions build(ParameterStore store, ModelSpec model) {
    return network(store, model, Map.of()).functions(store);
  }

  @Override
  public TestResult measure(OpenedMember model, Rotations data, double validation) {
    List<TaskImages> images = data.tasks().tasks().stream().map(ImageTask::test).toList();
    RotationScores scores = RotationScores.of(model, data.spec(), images, RotationFunctions.ONE);
    Map<String, Double> metrics = new LinkedHashMap<>(figures(model, scores, images));
    Map<String, Double> figures = new LinkedHashMap<>(metrics);
    metrics.put("error", 1 - scores.seen());
    figures.put("validationError", validation);
    return new TestResult(
        metrics,
        String.format(
            Locale.ROOT, "%s, validation error %.2f %%", scores.words(), 100 * validation),
        figures,
        lines(scores, figures));
  }

  @Override
  public List<ComparedFigure> comparedFigures() {
    return List.of(
        ComparedFigure.share("accuracySeen", "accuracy at seen angles"),
        ComparedFigure.share("accuracyUnseen", "at unseen angles"));
  }

  @Override
  public Optional<Chart> comparedChart(Map<String, Map<String, Double>> figures) {
    return Optional.of(RotationCharts.compared(figures));
  }

  /** Test images, each turned by another angle of the model. */
  @Override
  public List<ReferenceCase> references(OpenedMember model, @Nullable Path data) {
    LabeledImages test = ImageDatasets.test(model.spec().data(), data);
    List<Double> angles = rotations(model.spec().model()).all();
    List<ReferenceCase> cases = new ArrayList<>();
    int next = 0;
    for (int size : REFERENCE_BATCHES) {
      cases.add(model.reference(ServingSignature.DEFAULT_KEY, rows(test, angles, next, size)));
      next += size;
    }
    return cases;
  }

  @Override
  public Map<String, NpyArray> example(ExperimentSpec spec, Rotations data, int i) {
    return rows(data.tasks().get(0).test().images(), data.spec().all(), i, 1);
  }

  /** Inputs of {@code serving_default}: some images, turned by one angle after the other. */
  private static Map<String, NpyArray> rows(
      LabeledImages images, List<Double> angles, int from, int count) {
    int bytes = RotatedImages.SIZE * RotatedImages.SIZE;
    byte[] pixels = new byte[count * bytes];
    List<Descriptor> descriptors = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double degrees = angles.get((from + i) % angles.size());
      turned(images, degrees).transform().write(images, (from + i) % images.count(), pixels, i);
      descriptors.add(Descriptor.ofDegrees(degrees));
    }
    Map<String, NpyArray> inputs = new LinkedHashMap<>();
    inputs.put(RotationFunctions.IMAGE, AngleScore.array(new ImageBatch(pixels, new int[count])));
    inputs.put(RotationFunctions.DESCRIPTOR, Descriptor.rows(descriptors));
    return inputs;
  }

  private static TaskImages turned(LabeledImages images, double degrees) {
    return new TaskImages(
        images, new ImageRotation(RotatedImages.SIZE, RotatedImages.SIZE, degrees));
  }

  @Override
  public String curve() {
    return "error";
  }

  /** Draws the accuracy over the angle. */
  @Override
  public Drawing draw(OpenedMember model, DrawOptions options) {
    LabeledImages test = ImageDatasets.test(model.spec().data(), options.data());
    RotationsSpec angles = rotations(model.spec().model());
    List<TaskImages> tasks = angles.all().stream().map(degrees -> turned(test, degrees)).toList();
    RotationScores scores = RotationScores.of(model, angles, tasks, RotationFunctions.ONE);
    Map<String, Double> figures = figures(model, scores, tasks);
    return RotationCharts.draw(
        model.spec().name(), scores, figures, lines(scores, figures), options.folder());
  }

  /** The network for one angle. */
  @Override
  public BakedMember bake(OpenedMember model, String condition) {
    Descriptor descriptor = Descriptor.parse(condition);
    Map<String, NpyArray> tensors =
        model.call(
            RotationFunctions.WEIGHTS, Map.of(RotationFunctions.DESCRIPTOR, descriptor.array()));
    TargetNetwork net = RotatedNetwork.rows(networkSpec(model.spec().model())).network();
    Map<String, float[]> values = new LinkedHashMap<>();
    for (String name : net.weights().shapes().keySet()) {
      values.put(name, Objects.requireNonNull(tensors.get(RotationFunctions.alias(name))).floats());
    }
    return new BakedMember(
        "at-" + Descriptor.text(descriptor.degrees()).replace('.', '-'),
        store -> {
          ParameterScope root = store.root();
          Weights weights = Weights.parameters(root, net.weights());
          return RotationFunctions.plain(root.child("inference").tf(), net, weights);
        },
        values,
        bakedReferences(model, descriptor));
  }

  /** What the model itself computes for images of this angle. */
  private static List<ReferenceCase> bakedReferences(OpenedMember model, Descriptor descriptor) {
    LabeledImages test = ImageDatasets.test(model.spec().data(), null);
    List<ReferenceCase> cases = new ArrayList<>();
    int next = 0;
    for (int size : REFERENCE_BATCHES) {
      Map<String, NpyArray> inputs = rows(test, List.of(descriptor.degrees()), next, size);
      NpyArray image = Objects.requireNonNull(inputs.get(RotationFunctions.IMAGE));
      inputs.put(
          RotationFunctions.DESCRIPTOR, Descriptor.rows(Collections.nCopies(size, descriptor)));
      cases.add(
          new ReferenceCase(
              ServingSignature.DEFAULT_KEY,
              Map.of(RotationFunctions.IMAGE, image),
              model.call(ServingSignature.DEFAULT_KEY, inputs)));
      next += size;
    }
    return cases;
  }
}
