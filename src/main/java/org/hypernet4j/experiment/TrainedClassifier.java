package org.hypernet4j.experiment;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.data.LabeledImages;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.FormComparison;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.graph.Role;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.PngGrid;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.ModelSpec;
import org.hypernet4j.zoo.ImageClassifier;
import org.hypernet4j.zoo.SpecModels;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;

/**
 * A classifier with its trained parameters in a session: what is measured, looked at and exported.
 */
public final class TrainedClassifier implements AutoCloseable {
  private static final String BAKED_SUFFIX = "-baked";
  private static final int TIMED_GENERATIONS = 20;
  private static final int[] REFERENCE_BATCHES = {1, 7, 32};

  private final ExperimentSpec spec;
  private final InferenceSession<Built> opened;
  private final Session session;
  private final ParameterStore store;
  private final ImageClassifier model;
  private final ClassifierOutputs outputs;

  /** Which kernels an exported model holds. */
  public enum Form {
    /** The generator and its embeddings; kernels are made when the model runs. */
    GENERATED(ExportRequest.GENERATED),
    /** Plain kernels; the generator is folded away. */
    BAKED(ExportRequest.BAKED);

    private final String word;

    Form(String word) {
      this.word = word;
    }

    /** The word in commands and manifests. */
    public String word() {
      return word;
    }
  }

  /**
   * Opens a model with the parameters of a checkpoint.
   *
   * @throws UserError if the checkpoint is of another model
   */
  public static TrainedClassifier open(ExperimentSpec spec, Checkpoint checkpoint) {
    return new TrainedClassifier(
        spec, InferenceSession.open(checkpoint, store -> Built.of(store, spec.model())));
  }

  private TrainedClassifier(ExperimentSpec spec, InferenceSession<Built> opened) {
    this.spec = spec;
    this.opened = opened;
    this.session = opened.session();
    this.store = opened.store();
    this.model = opened.model().model();
    this.outputs = opened.model().outputs();
  }

  private record Built(ImageClassifier model, ClassifierOutputs outputs) {
    static Built of(ParameterStore store, ModelSpec spec) {
      ImageClassifier model = SpecModels.imageClassifier(store.root(), spec);
      return new Built(model, ClassifierOutputs.build(store.root().child("inference").tf(), model));
    }
  }

  /** Mean cross entropy in nats ({@code loss}) and share of wrong classes ({@code error}). */
  public Map<String, Double> measure(LabeledImages images) {
    return new ImageEvaluator(outputs, spec.training().evaluateBatchSize())
        .measure(session, images);
  }

  /**
   * The median time in milliseconds to make all generated kernels once: what a call of the
   * generated form costs more than one of the baked form. 0 if nothing is generated.
   */
  double generationMillis() {
    if (model.generatedKernels().isEmpty()) {
      return 0;
    }
    long[] nanos = new long[TIMED_GENERATIONS];
    for (int i = -TIMED_GENERATIONS; i < nanos.length; i++) { // as many more to warm up
      Session.Runner runner = session.runner();
      model.generatedKernels().values().forEach(runner::addTarget);
      long before = System.nanoTime();
      runner.run().close();
      if (i >= 0) {
        nanos[i] = System.nanoTime() - before;
      }
    }
    Arrays.sort(nanos);
    return nanos[nanos.length / 2] / 1e6;
  }

  /**
   * Draws every kernel as a grid of tiles (paper, Fig 2).
   *
   * @return the files, by kernel
   */
  public Map<String, Path> drawKernels(Path folder) {
    Map<String, Path> files = new LinkedHashMap<>();
    model
        .kernels()
        .forEach(
            (name, kernel) -> {
              Path file = folder.resolve(name.replace('/', '-') + ".png");
              PngGrid.write(file, fetch(kernel), kernel.shape().asArray(), 4);
              files.put(name, file);
            });
    return files;
  }

  /**
   * The embeddings of all layers in one plane (principal components), empty with fewer than two of
   * them.
   */
  public Optional<EmbeddingMap> embeddingMap() {
    List<Parameter> z =
        store.model().stream()
            .filter(p -> p.role() == Role.EMBEDDING && p.shape().numDimensions() == 2)
            .toList();
    Map<String, float[]> values = ParameterValues.read(session, z);
    Map<String, float[][]> rows = new LinkedHashMap<>();
    for (Parameter parameter : z) {
      int size = (int) parameter.shape().get(1);
      float[] flat = Objects.requireNonNull(values.get(parameter.name()));
      float[][] own = new float[(int) parameter.shape().get(0)][];
      for (int i = 0; i < own.length; i++) {
        own[i] = Arrays.copyOfRange(flat, i * size, (i + 1) * size);
      }
      // embeddings/conv2/block0/conv1/z: the layer stands between the scope and the z
      String name = parameter.name();
      rows.put(name.substring(name.indexOf('/') + 1, name.lastIndexOf('/')), own);
    }
    int count = rows.values().stream().mapToInt(own -> own.length).sum();
    return count < 2 ? Optional.empty() : Optional.of(EmbeddingMap.of(rows));
  }

  /**
   * Prepares an export: parameter values, the inference graph and reference outputs.
   *
   * @param references what every reader must reproduce: those of the session that was trained, see
   *     {@link ImageExperiment#references}, or {@link #references} of this one
   * @param provenance what the manifest says of the model's origin
   * @param base the folder below which {@code <name>/<version>} is made
   */
  public ExportRequest exportRequest(
      Form form, List<ReferenceCase> references, JsonObject provenance, Path base) {
    ModelSpec exported = form == Form.BAKED ? SpecModels.baked(spec.model()) : spec.model();
    String name = exportName(spec, form);
    return new ExportRequest(
            name,
            form.word(),
            target ->
                List.of(
                    signature(
                        ClassifierOutputs.build(
                            target.root().child("inference").tf(),
                            SpecModels.imageClassifier(target.root(), exported)))),
            values(form),
            references,
            base.resolve(name))
        .withProvenance(provenance);
  }

  /**
   * Writes both forms without publishing them, and compares their outputs and their sizes.
   *
   * @param references whose inputs both forms get
   * @param base as for {@link #exportRequest}
   * @param form the one whose folder below {@code base} has room for both, one after the other;
   *     what is written there is removed again
   * @return nothing for a model without a generator, which has one form only
   */
  public Optional<FormComparison> compareForms(
      List<ReferenceCase> references, Path base, Form form) {
    if (model.generatedKernels().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        FormComparison.of(
            exportRequest(Form.GENERATED, references, new JsonObject(), base),
            exportRequest(Form.BAKED, references, new JsonObject(), base),
            base.resolve(exportName(spec, form))));
  }

  /**
   * The name under which a model is served: that of the experiment with dashes for dots, the baked
   * form marked.
   *
   * @throws UserError if the experiment's own name ends like that of a baked form: its versions
   *     would mix with those of another experiment
   */
  public static String exportName(ExperimentSpec spec, Form form) {
    String name = spec.name().replace('.', '-');
    if (name.endsWith(BAKED_SUFFIX)) {
      throw UserError.in("name")
          .what("a name that ends with '" + BAKED_SUFFIX + "' is that of a baked form")
          .expected("another ending for a model that is exported")
          .received("'" + spec.name() + "'")
          .next("rename the experiment, or train with --no-export")
          .build();
    }
    return form == Form.BAKED ? name + BAKED_SUFFIX : name;
  }

  private Map<String, float[]> values(Form form) {
    if (form == Form.GENERATED || model.generatedKernels().isEmpty()) {
      return ParameterValues.read(session, store.model());
    }
    List<Parameter> kept =
        store.model().stream()
            .filter(p -> p.role() != Role.GENERATOR && p.role() != Role.EMBEDDING)
            .toList();
    Map<String, float[]> values = ParameterValues.read(session, kept);
    model.generatedKernels().forEach((name, kernel) -> values.put(name, fetch(kernel)));
    return values;
  }

  /**
   * Reference cases that this session computes: batches of 1, 7 and 32 images.
   *
   * @param images where the inputs come from
   */
  public List<ReferenceCase> references(LabeledImages images) {
    return references(session, outputs, images);
  }

  /** Reference cases from any session whose graph holds the model's outputs. */
  static List<ReferenceCase> references(
      Session session, ClassifierOutputs outputs, LabeledImages images) {
    List<ReferenceCase> cases = new ArrayList<>();
    for (LabeledImages batch :
        ImageClassificationTask.referenceBatches(images, REFERENCE_BATCHES)) {
      NpyArray input =
          NpyArray.of(
              ImageEvaluator.scaled(batch.pixels()),
              ImageEvaluator.shape(batch, batch.count()).asArray());
      cases.add(ReferenceCase.record(session, signature(outputs), Map.of("image", input)));
    }
    return cases;
  }

  private static ServingSignature signature(ClassifierOutputs outputs) {
    Map<String, Operand<?>> out = new LinkedHashMap<>();
    out.put("logits", outputs.logits());
    out.put("probabilities", outputs.probabilities());
    out.put("class", outputs.classes());
    return new ServingSignature(
        ServingSignature.DEFAULT_KEY, Map.of("image", outputs.image()), out);
  }

  private float[] fetch(Operand<TFloat32> operand) {
    try (Result result = session.runner().fetch(operand).run()) {
      TFloat32 tensor = (TFloat32) result.get(0);
      float[] values = new float[Math.toIntExact(tensor.size())];
      tensor.asRawTensor().data().asFloats().read(values);
      return values;
    }
  }

  @Override
  public void close() {
    opened.close();
  }
}
