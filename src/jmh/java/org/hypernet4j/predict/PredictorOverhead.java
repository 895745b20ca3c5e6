// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.hypernet4j.io.NpyArray;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * One image at a time: TensorFlow's own runner with tensors made by hand, and the predictor that
 * takes arrays and records. As a program it runs them in turns, so that a machine that slows down
 * slows all of them, and prints the ratio of the median times. Arguments: the folder of an exported
 * MNIST classifier, and how many rounds.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xmx1g", "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0"})
public class PredictorOverhead {
  private static final int PIXELS = 28 * 28;
  private static final int CLASSES = 10;
  private static final List<String> METHODS = List.of("runner", "arrays", "records");

  /** The exported model. */
  @Param("export/models/mnist-hyper/1")
  public String model;

  private final float[] pixels = new float[PIXELS];
  private SavedModelBundle bundle;
  private Session session;
  private Output<?> image;
  private Output<?> probabilities;
  private Output<?> chosen;
  private Predictor predictor;
  private TypedPredictor<Digit, Answer> typed;

  /** An image. */
  public record Digit(float[] image) {}

  /** What is said of it. */
  public record Answer(float[] probabilities, @Named("class") long digit) {}

  /** Loads the model twice. */
  @Setup
  public void open() {
    Random random = new Random(1);
    for (int i = 0; i < PIXELS; i++) {
      pixels[i] = random.nextFloat();
    }
    bundle = SavedModelBundle.load(model, "serve");
    session = bundle.session();
    var signature = bundle.metaGraphDef().getSignatureDefOrThrow("serving_default");
    image = tensor(signature.getInputsOrThrow("image").getName());
    probabilities = tensor(signature.getOutputsOrThrow("probabilities").getName());
    chosen = tensor(signature.getOutputsOrThrow("class").getName());
    predictor = Predictor.open(Path.of(model));
    typed = predictor.typed(Digit.class, Answer.class);
    Answer answer = typed.predict(new Digit(pixels));
    if (!Arrays.equals(answer.probabilities, runner().probabilities)) {
      throw new IllegalStateException("two models");
    }
  }

  private Output<?> tensor(String name) {
    String[] parts = name.split(":");
    return bundle.graph().operationOrThrow(parts[0]).output(Integer.parseInt(parts[1]));
  }

  /** Frees the models. */
  @TearDown
  public void close() {
    predictor.close();
    bundle.close();
  }

  /** By hand: what a call costs at least. */
  @Benchmark
  public Answer runner() {
    float[] values = new float[CLASSES];
    try (TFloat32 input =
            TFloat32.tensorOf(Shape.of(1, 28, 28, 1), DataBuffers.of(pixels, true, false));
        Result result =
            session.runner().feed(image, input).fetch(probabilities).fetch(chosen).run()) {
      result.get(0).asRawTensor().data().asFloats().read(values);
      return new Answer(values, ((TInt64) result.get(1)).getLong(0));
    }
  }

  /** The predictor with arrays. */
  @Benchmark
  public Map<String, NpyArray> arrays() {
    return predictor.predict(
        "serving_default",
        Map.of("image", NpyArray.of(pixels, 1, 28, 28, 1)),
        List.of("probabilities", "class"));
  }

  /** The predictor with records. */
  @Benchmark
  public Answer records() {
    return typed.predict(new Digit(pixels));
  }

  /** Runs all in turns. */
  public static void main(String[] args) throws RunnerException {
    String folder = args.length > 0 ? args[0] : "export/models/mnist-hyper/1";
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
    double[][] medians = new double[METHODS.size()][rounds];
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < METHODS.size(); i++) {
        RunResult result =
            new Runner(
                    new OptionsBuilder()
                        .include(PredictorOverhead.class.getName() + "." + METHODS.get(i) + "$")
                        .param("model", Objects.requireNonNull(folder))
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .runSingle();
        medians[i][round] = result.getPrimaryResult().getStatistics().getPercentile(50);
      }
      System.out.printf(
          Locale.ROOT,
          "round %d: runner %.1f us, arrays %.1f us (%+.1f %%), records %.1f us (%+.1f %%)%n",
          round + 1,
          medians[0][round],
          medians[1][round],
          100 * (medians[1][round] / medians[0][round] - 1),
          medians[2][round],
          100 * (medians[2][round] / medians[0][round] - 1));
    }
    for (int i = 1; i < METHODS.size(); i++) {
      double[] ratios = new double[rounds];
      for (int round = 0; round < rounds; round++) {
        ratios[round] = medians[i][round] / medians[0][round];
      }
      Arrays.sort(ratios);
      System.out.printf(
          Locale.ROOT,
          "%s: %+.1f %% over the runner, median of %d rounds (%+.1f to %+.1f)%n",
          METHODS.get(i),
          100 * (ratios[rounds / 2] - 1),
          rounds,
          100 * (ratios[0] - 1),
          100 * (ratios[rounds - 1] - 1));
    }
  }
}
