// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.hypernet4j.io.NpyArray;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
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
 * takes arrays and records. As a program it runs {@link #inTurns} and prints, for each iteration,
 * the median times. Arguments: the folder of an exported MNIST classifier, and how many forks.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 6, time = 5) // 10,000 calls: Java compiles what is ours
@Measurement(iterations = 5, time = 4)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xmx1g", "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0"})
public class PredictorOverhead {
  private static final int PIXELS = 28 * 28;
  private static final int CLASSES = 10;

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

  /** Times of single calls, of each method. */
  @State(Scope.Thread)
  public static class Turns {
    private final List<List<Long>> nanos =
        List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    private int turn;

    private void time(int method, Supplier<Object> call, Blackhole hole) {
      long start = System.nanoTime();
      hole.consume(call.get());
      nanos.get(method).add(System.nanoTime() - start);
    }

    /** Begins an iteration. */
    @Setup(Level.Iteration)
    public void begin() {
      nanos.forEach(List::clear);
    }

    /** Says how an iteration went. */
    @TearDown(Level.Iteration)
    public void end() {
      System.out.printf(
          Locale.ROOT,
          "(medians: runner %.1f us, arrays %+.1f %%, records %+.1f %%) ",
          median(0) / 1e3,
          100 * (median(1) / median(0) - 1),
          100 * (median(2) / median(0) - 1));
    }

    private double median(int method) {
      List<Long> sorted = nanos.get(method).stream().sorted().toList();
      return sorted.get(sorted.size() / 2);
    }
  }

  /** One call of each, in one process: what slows the machine slows all of them. */
  @Benchmark
  public void inTurns(Turns turns, Blackhole hole) {
    List<Supplier<Object>> methods = List.of(this::runner, this::arrays, this::records);
    int first = turns.turn++ % methods.size();
    for (int i = 0; i < methods.size(); i++) {
      int method = (first + i) % methods.size();
      turns.time(method, methods.get(method), hole);
    }
  }

  /** Runs all in turns. */
  public static void main(String[] args) throws RunnerException {
    new Runner(
            new OptionsBuilder()
                .include(PredictorOverhead.class.getName() + ".inTurns$")
                .param("model", args.length > 0 ? args[0] : "export/models/mnist-hyper/1")
                .forks(args.length > 1 ? Integer.parseInt(args[1]) : 3)
                .build())
        .run();
  }
}
