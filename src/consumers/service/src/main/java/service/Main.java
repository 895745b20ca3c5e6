// SPDX-License-Identifier: Apache-2.0
package service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.graph.Role;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.nn.Dense;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * Exports a classifier that was never trained, with the signature of the library's MNIST models,
 * and serves it to several threads. An exception ends the build that runs it.
 */
public final class Main {
  private static final int SIDE = 28;
  private static final int CLASSES = 10;
  private static final int IMAGES = 40;

  private Main() {}

  /** Prints one line. */
  public static void main(String[] args) throws IOException {
    try (DigitService service = new DigitService(exported())) {
      List<float[]> images =
          IntStream.range(0, IMAGES).mapToObj(Main::pixels).toList(); // all of them different
      List<DigitService.Answer> together = service.answers(images);
      IntStream.range(0, IMAGES).parallel().forEach(i -> check(service, together.get(i), i));
      try {
        service.answer(new float[SIDE]);
        throw new IllegalStateException("28 pixels are an image");
      } catch (UserError e) {
        System.out.println("service: " + IMAGES + " images; and " + e.getMessage());
      }
    }
  }

  private static void check(DigitService service, DigitService.Answer together, int image) {
    DigitService.Answer alone = service.answer(pixels(image));
    double sum = 0;
    int largest = 0;
    for (int i = 0; i < CLASSES; i++) {
      double difference = alone.probabilities()[i] - together.probabilities()[i];
      require(Math.abs(difference) < 1e-5, "image " + image + " differs by " + difference);
      sum += alone.probabilities()[i];
      largest = alone.probabilities()[i] > alone.probabilities()[largest] ? i : largest;
    }
    require(Math.abs(sum - 1) < 1e-5, "probabilities of " + sum);
    require(alone.digit() == largest, "digit " + alone.digit() + ", not " + largest);
  }

  private static float[] pixels(int image) {
    float[] pixels = new float[SIDE * SIDE];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) (0.5 + 0.5 * Math.sin(image + i * (1 + image)));
    }
    return pixels;
  }

  private static Path exported() throws IOException {
    Path folder = Files.createTempDirectory("hypernet4j-service");
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 7L);
      List<ServingSignature> signatures = build(store);
      store.initialize(session);
      NpyArray images = NpyArray.of(pixels(1), 1, SIDE, SIDE, 1);
      return Exporter.export(
              new ExportRequest(
                  "digits",
                  ExportRequest.GENERATED,
                  Main::build,
                  ParameterValues.read(session, store.model()),
                  List.of(
                      ReferenceCase.record(session, signatures.get(0), Map.of("image", images))),
                  folder.resolve("digits")))
          .versionFolder();
    }
  }

  private static List<ServingSignature> build(ParameterStore store) {
    ParameterScope root = store.root();
    Ops tf = root.tf();
    Placeholder<TFloat32> image =
        tf.withName("image")
            .placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, SIDE, SIDE, 1)));
    Operand<TFloat32> kernel =
        root.child("dense")
            .value(
                "kernel",
                Shape.of(SIDE * SIDE, CLASSES),
                Initializers.normal(0f, 0.1f),
                Role.KERNEL);
    Operand<TFloat32> bias =
        root.child("dense").value("bias", Shape.of(CLASSES), Initializers.zeros(), Role.BIAS);
    Operand<TFloat32> flat = tf.reshape(image, tf.constant(new long[] {-1, SIDE * SIDE}));
    Operand<TFloat32> logits = Dense.apply(tf, flat, kernel, bias);
    Map<String, Operand<?>> outputs = new LinkedHashMap<>();
    outputs.put("probabilities", tf.nn.softmax(logits));
    outputs.put("class", tf.math.argMax(logits, tf.constant(1)));
    return List.of(
        new ServingSignature(ServingSignature.DEFAULT_KEY, Map.of("image", image), outputs));
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }
}
