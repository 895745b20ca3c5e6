// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.rotation;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.checkpoint.WeightFile;
import org.hypernet4j.checkpoint.WeightImport;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.Provenance;
import org.hypernet4j.export.verify.ModelIntegrity;
import org.hypernet4j.hyper.WeightShape;
import org.hypernet4j.hyper.WeightTable;
import org.hypernet4j.image.ImageFamily;
import org.hypernet4j.image.ImageRun;
import org.hypernet4j.image.TrainedClassifier;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.run.ExportForm;
import org.hypernet4j.run.PreparedRun;
import org.hypernet4j.run.RunFolder;
import org.hypernet4j.run.TrainOptions;
import org.hypernet4j.spec.AdaptersSpec;
import org.hypernet4j.spec.DenseClassifierSpec;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.MnistConvNetSpec;
import org.hypernet4j.spec.ModelSpec;
import org.hypernet4j.spec.NetworkSpec;
import org.tensorflow.ndarray.Shape;

/** The weights of the trained network that adapters change. */
final class BaseWeights {
  private static final String WHERE = "model.base";
  private static final String NEXT =
      "train a network first, for example with graphs/adapters-base.json, and name its folder";

  private final AdaptersSpec spec;
  private final WeightTable table;

  BaseWeights(AdaptersSpec spec) {
    this.spec = spec;
    this.table = RotatedNetwork.table(spec.network());
  }

  /**
   * The weights with which a training begins: of a run that goes on its own, else those that the
   * specification names.
   *
   * @return by name of the network's weights, row-major
   * @throws UserError if there are none, or they are those of another network
   */
  Map<String, float[]> read(ExperimentSpec experiment, TrainOptions options) {
    return own(experiment, options).orElseGet(() -> read(path()));
  }

  private Optional<Map<String, float[]>> own(ExperimentSpec experiment, TrainOptions options) {
    if (!options.resume()) {
      return Optional.empty();
    }
    return PreparedRun.toResume(experiment, options)
        .checkpoints(1)
        .latest()
        .map(
            checkpoint ->
                fitting(
                    WeightFile.of("the newest checkpoint", checkpoint.values())
                        .under(Adapters.BASE + "/")));
  }

  private Path path() {
    try {
      Path path = Path.of(spec.base());
      if (Files.exists(path) || Files.exists(path.resolveSibling(path.getFileName() + ".index"))) {
        return path;
      }
    } catch (InvalidPathException e) {
      // no such file either
    }
    throw UserError.in(WHERE)
        .what("there is no trained network")
        .expected("the folder of a run, or a file of weights")
        .received(spec.base())
        .next(NEXT)
        .build();
  }

  private Map<String, float[]> read(Path path) {
    if (!RunFolder.isRun(path)) {
      ModelIntegrity.require(path);
      return fitting(WeightFile.open(path));
    }
    RunFolder run = RunFolder.existing(path);
    ExperimentSpec trained = run.specification();
    if (new ImageFamily().has(trained.model())) {
      return ofClassifier(path, trained.model());
    }
    Checkpoint best =
        run.checkpoints(1)
            .best()
            .orElseThrow(
                () ->
                    UserError.in(WHERE)
                        .what("the run has no best checkpoint yet")
                        .received(path)
                        .next("train it until the first evaluation")
                        .build());
    return fitting(WeightFile.of(path.toString(), best.values()));
  }

  /** Arrays by the names of the network's weights. */
  private Map<String, float[]> fitting(WeightFile file) {
    Map<String, Shape> wanted = new LinkedHashMap<>();
    table.shapes().forEach((name, weight) -> wanted.put(name, weight.shape()));
    WeightImport plan = WeightImport.plan(wanted, file);
    if (!plan.fits()) {
      List<String> faults = new ArrayList<>(plan.missing());
      faults.addAll(plan.mismatched());
      throw other(file.where(), faults.get(0));
    }
    return plan.values();
  }

  private static UserError other(String received, String fault) {
    return UserError.in(WHERE)
        .what("is not the network of this specification: " + fault)
        .expected("a trained network as 'model.network' describes it, its kernels not generated")
        .received(received)
        .next("change 'model.network', or " + NEXT)
        .build();
  }

  /** A classifier of images by this library; generated kernels are folded into plain ones. */
  private Map<String, float[]> ofClassifier(Path path, ModelSpec model) {
    Map<String, String> layers = layers(path, model);
    Map<String, float[]> theirs;
    try (TrainedClassifier best = ImageRun.open(path).best()) {
      theirs = best.exportRequest(ExportForm.BAKED, List.of(), Provenance.UNKNOWN, path).values();
    }
    Map<String, NpyArray> ours = new LinkedHashMap<>();
    for (Map.Entry<String, WeightShape> each : table.shapes().entrySet()) {
      String name = each.getKey();
      int slash = name.lastIndexOf('/');
      String their = layers.get(name.substring(0, slash)) + name.substring(slash);
      float[] values = Objects.requireNonNull(theirs.get(their), their);
      if (values.length == each.getValue().size()) { // a dense kernel may be [1, 1, in, out]
        ours.put(name, NpyArray.of(values, each.getValue().shape().asArray()));
      }
    }
    return fitting(WeightFile.of(path.toString(), ours));
  }

  /** The layers of a classifier by our names of them. */
  private Map<String, String> layers(Path path, ModelSpec model) {
    if (model instanceof DenseClassifierSpec dense) {
      NetworkSpec same = new NetworkSpec.Mlp(List.of(dense.hidden()));
      requireNetwork(path, same);
      return Map.of("dense0", "hidden", "dense1", "dense");
    } else if (model instanceof MnistConvNetSpec conv) {
      NetworkSpec same =
          new NetworkSpec.Conv(
              List.of(conv.filters(), conv.filters()), conv.kernelSize(), List.of());
      requireNetwork(path, same);
      return Map.of("conv0", "conv1", "conv1", "conv2", "dense0", "dense");
    }
    throw other(path.toString(), "a network of another kind");
  }

  private void requireNetwork(Path path, NetworkSpec theirs) {
    if (!spec.network().equals(theirs)) {
      throw UserError.in("model.network")
          .what("is not the network of 'model.base'")
          .expected(theirs + " of " + path)
          .received(spec.network())
          .next("describe the network that was trained")
          .build();
    }
  }
}
