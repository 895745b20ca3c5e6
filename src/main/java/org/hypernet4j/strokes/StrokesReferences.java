// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.data.StrokeScaling;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.random.StatelessRandom;
import org.hypernet4j.run.InferenceSession;
import org.hypernet4j.spec.LatentSpec;
import org.hypernet4j.spec.StrokesModelSpec;
import org.hypernet4j.spec.WindowSpec;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Session;

/** Reference cases of a model of strokes, for all of its signatures. */
final class StrokesReferences {
  private static final int TIME = 9;
  private static final int STROKE = 4;
  private static final int CHARACTERS = 5;

  private final Session session;
  private final List<ServingSignature> signatures;
  private final StrokeScaling scaling;
  private final @Nullable LatentSpec latent;
  private final @Nullable WindowSpec window;

  private StrokesReferences(
      Session session,
      List<ServingSignature> signatures,
      StrokeScaling scaling,
      StrokesModelSpec spec) {
    this.session = session;
    this.signatures = signatures;
    this.scaling = scaling;
    this.latent = spec.latent();
    this.window = spec.window();
  }

  /**
   * Records the reference cases. The drawings are random walks in the units of the data, which show
   * any difference and need no data.
   *
   * @param session holds the signatures in its graph
   */
  static List<ReferenceCase> record(
      InferenceSession<?> session,
      List<ServingSignature> signatures,
      StrokesModelSpec spec,
      StrokeScaling scaling) {
    return new StrokesReferences(session.session(), signatures, scaling, spec).cases();
  }

  private List<ReferenceCase> cases() {
    List<ReferenceCase> all = new ArrayList<>();
    all.add(of(ServingSignature.DEFAULT_KEY, withLatent(Map.of(points(), walk(3, TIME)), 3)));
    all.add(of(ServingSignature.DEFAULT_KEY, withLatent(Map.of(points(), walk(1, 1)), 1)));
    ReferenceCase first =
        of(
            StrokesSignatures.INITIAL_STATE,
            withText(
                latent == null
                    ? Map.of(StrokesSignatures.POINT, NpyArray.of(new float[9], 3, 3))
                    : Map.of(StrokesSignatures.Z, noise(3)),
                3));
    all.add(first);
    // the state of one case goes into the next: zeros would hide parts that are mixed up
    Map<String, NpyArray> step = new LinkedHashMap<>(first.outputs());
    step.keySet().removeIf(alias -> !StrokesSignatures.isState(alias));
    step.put(StrokesSignatures.POINT, NpyArray.of(rows(3, 1), 3, 3));
    all.add(of(StrokesSignatures.STEP, withLatent(step, 3)));
    Map<String, NpyArray> drawings =
        Map.of(points(), walk(3, TIME), StrokesSignatures.LENGTHS, ints(TIME, 1, 5));
    all.add(of(StrokesSignatures.SCORE, withText(drawings, 3)));
    all.add(
        of(
            StrokesSignatures.SAMPLE,
            withLatent(
                Map.of(
                    "prime", walk(3, STROKE),
                    "prime_lengths", ints(STROKE, 0, 2),
                    "count", ints(8, 8, 3),
                    "temperature", NpyArray.of(new float[] {1f, 0.4f, 0f}, 3),
                    "bias", NpyArray.of(new float[] {0f, 0.5f, 0f}, 3),
                    "seed", NpyArray.of(new long[] {1, 2, 3}, 3)),
                3)));
    if (latent != null) {
      all.add(of(StrokesSignatures.ENCODE, drawings));
    }
    if (signatures.stream().anyMatch(one -> one.key().equals(StrokesSignatures.TRACE))) {
      all.add(of(StrokesSignatures.TRACE, withLatent(Map.of(points(), walk(3, TIME)), 3)));
    }
    return all;
  }

  private static String points() {
    return StrokesSignatures.POINTS;
  }

  private ReferenceCase of(String key, Map<String, NpyArray> inputs) {
    return ReferenceCase.record(session, StrokesSignatures.find(signatures, key), inputs);
  }

  private Map<String, NpyArray> withLatent(Map<String, NpyArray> inputs, int batch) {
    Map<String, NpyArray> all = new LinkedHashMap<>(inputs);
    if (latent != null) {
      all.put(StrokesSignatures.Z, noise(batch));
    }
    return withText(all, batch);
  }

  /** Texts of different lengths for a model with a window, and more labels than it has. */
  private Map<String, NpyArray> withText(Map<String, NpyArray> inputs, int batch) {
    if (window == null) {
      return inputs;
    }
    Map<String, NpyArray> all = new LinkedHashMap<>(inputs);
    int[] labels = new int[batch * CHARACTERS];
    int[] lengths = new int[batch];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (7 * i + 1) % (window.characters() + 1);
    }
    for (int i = 0; i < batch; i++) {
      lengths[i] = Math.max(0, CHARACTERS - 2 * i);
    }
    all.put(StrokesSignatures.TEXT, NpyArray.of(labels, batch, CHARACTERS));
    all.put(StrokesSignatures.TEXT_LENGTHS, NpyArray.of(lengths, batch));
    return all;
  }

  private NpyArray noise(int batch) {
    int size = latent == null ? 0 : latent.size();
    float[] values = new float[batch * size];
    StatelessRandom random = StatelessRandom.of(values.length).fold("latent");
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (2 * random.uniform(i) - 1);
    }
    return NpyArray.of(values, batch, size);
  }

  private NpyArray walk(int batch, int time) {
    return NpyArray.of(rows(batch, time), batch, time, 3);
  }

  private float[] rows(int batch, int time) {
    float[] rows = new float[batch * time * 3];
    StatelessRandom random = StatelessRandom.of(rows.length).fold("walk");
    for (int i = 0; i < batch * time; i++) {
      rows[3 * i] = (float) (scaling.meanX() + scaling.sdX() * (2 * random.uniform(2L * i) - 1));
      rows[3 * i + 1] =
          (float) (scaling.meanY() + scaling.sdY() * (2 * random.uniform(2L * i + 1) - 1));
      rows[3 * i + 2] = i % STROKE == STROKE - 1 ? 1 : 0;
    }
    return rows;
  }

  private static NpyArray ints(int... values) {
    return NpyArray.of(values, values.length);
  }
}
