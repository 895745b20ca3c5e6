// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import org.hypernet4j.cell.LstmCell;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.json.SpecReader;
import org.hypernet4j.optim.Adam;
import org.hypernet4j.optim.GradientClip;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class WeightImportTest {
  private static NpyArray range(long... shape) {
    int size = 1;
    for (long n : shape) {
      size *= (int) n;
    }
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = i;
    }
    return NpyArray.of(values, shape);
  }

  private static WeightMapping mapping(String rules) {
    return SpecReader.read(WeightMapping.class, "{\"rules\": [" + rules + "]}", "m.json");
  }

  private static WeightImport plan(String rules, Map<String, NpyArray> arrays, long... shape) {
    return WeightImport.plan(
        Map.of("w", Shape.of(shape)), WeightFile.of("file", arrays), mapping(rules));
  }

  /** Expected numbers from NumPy, {@code a = np.arange(24).reshape(2, 3, 4)} behind each #. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {'type':'transpose','axes':[2,0,1]} | 0 4 8 12 16 20 1 5 9 13 17 21 2 6 10 14 18 22 3 7 11 15 19 23 | 4 2 3
          # a.transpose(2, 0, 1)
          {'type':'reshape','shape':[2,6,2]} | 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 | 2 6 2
          # a.reshape(2, 6, 2)
          {'type':'slice','axis':1,'begin':1,'end':3} | 4 5 6 7 8 9 10 11 16 17 18 19 20 21 22 23 | 2 2 4
          # a[:, 1:3]
          {'type':'block','axis':2,'of':2,'index':1} | 2 3 6 7 10 11 14 15 18 19 22 23 | 2 3 2
          # np.split(a, 2, 2)[1]
          {'type':'reorder','axis':1,'order':[2,0,1]} | 8 9 10 11 0 1 2 3 4 5 6 7 20 21 22 23 12 13 14 15 16 17 18 19 | 2 3 4
          # a[:, [2, 0, 1]]
          """)
  void stepsDoWhatNumPyDoes(String step, String values, String shape) {
    double[] expected = numbers(values);
    WeightImport plan =
        plan(
            "{'ours':'w','from':['a'],'then':[%s]}".formatted(step).replace('\'', '"'),
            Map.of("a", range(2, 3, 4)),
            DoubleStream.of(numbers(shape)).mapToLong(n -> (long) n).toArray());

    assertThat(plan.mismatched()).isEmpty();
    assertThat(plan.values().get("w")).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat(plan.values().get("w")[i]).as("[%d]", i).isEqualTo((float) expected[i]);
    }
  }

  private static double[] numbers(String text) {
    return Pattern.compile(" ").splitAsStream(text).mapToDouble(Double::parseDouble).toArray();
  }

  /** A Keras LSTM: gates i, f, g, o, and a forget bias of 1 that ours adds when it runs. */
  /** Whoever plans hears of a rule that fits nothing; with several mappings of whose it is. */
  @Test
  void anIdleRuleIsRefusedWithoutTheCommandLine() {
    String idle = "{\"ours\":\"v\",\"from\":[\"w\"]}";
    assertThatThrownBy(() -> plan(idle, Map.of("w", range(2)), 2))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("mapping: rules[0]: fits no parameter of this model")
        .hasMessageContaining("'w'");
    Map<String, WeightMapping> several = new LinkedHashMap<>();
    several.put("first.json", mapping("{\"ours\":\"w\",\"from\":[\"a\"]}"));
    several.put("second.json", mapping("{\"ours\":\"*\",\"from\":[\"b\"]}"));
    WeightFile file = WeightFile.of("file", Map.of("a", range(2), "b", range(3)));
    Map<String, Shape> wanted = Map.of("w", Shape.of(2));
    assertThat(WeightImport.plan(wanted, file, several).origins()).containsExactly(entry("w", "a"));
    several.put("third.json", mapping(idle));
    assertThatThrownBy(() -> WeightImport.plan(wanted, file, several))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("third.json: rules[0]");
  }

  @Test
  void aForgetBiasComesOffOneGateOnly() {
    WeightImport plan =
        plan(
            """
            {"ours": "w", "from": [
              {"name": "b", "steps": [{"type": "block", "axis": 0, "of": 4, "index": 0}]},
              {"name": "b", "steps": [{"type": "block", "axis": 0, "of": 4, "index": 2}]},
              {"name": "b", "steps": [{"type": "block", "axis": 0, "of": 4, "index": 1},
                                      {"type": "affine", "summand": -1}]},
              {"name": "b", "steps": [{"type": "block", "axis": 0, "of": 4, "index": 3}]}]}
            """,
            Map.of("b", range(8)),
            8);

    assertThat(plan.values().get("w")).containsExactly(0, 1, 4, 5, 1, 2, 6, 7);
    assertThat(plan.origins()).containsEntry("w", "b + b + b + b");
    assertThat(plan.extra()).isEmpty();
  }

  @Test
  void arraysAreJoinedAlongAnyAxisAndFilled() {
    WeightImport plan =
        plan(
            "{\"ours\": \"w\", \"from\": [\"a\", \"b\"], \"concat\": 1}",
            Map.of("a", range(2, 1, 2), "b", range(2, 2, 2)),
            2,
            3,
            2);
    assertThat(plan.values().get("w")) // np.concatenate([a, b], 1)
        .containsExactly(0, 1, 0, 1, 2, 3, 2, 3, 4, 5, 6, 7);
    String affine = "{\"type\": \"affine\", \"factor\": -0.5, \"summand\": 1}";
    assertThat(
            plan(
                    "{\"ours\": \"w\", \"from\": [\"a\"], \"then\": [%s]}".formatted(affine),
                    Map.of("a", range(3)),
                    3)
                .values()
                .get("w"))
        .containsExactly(1, 0.5f, 0);
    assertThat(plan("{\"ours\": \"w\", \"fill\": 0.25}", Map.of(), 3).values().get("w"))
        .containsExactly(0.25f, 0.25f, 0.25f);
  }

  @Test
  void partsOfANameGoFromOursToTheirs() {
    WeightMapping mapping =
        mapping("{\"ours\": \"cell/layer{k}/W\", \"from\": [\"**/cell_{k}/*/kernel\"]}");
    Map<String, NpyArray> arrays =
        Map.of("rnn/cell_0/lstm/kernel", range(1), "rnn/cell_1/gru/kernel:0", range(2));
    WeightImport plan =
        WeightImport.plan(
            Map.of("cell/layer0/W", Shape.of(1), "cell/layer1/W", Shape.of(2)),
            WeightFile.of("file", arrays),
            mapping);
    assertThat(plan.origins())
        .containsEntry("cell/layer0/W", "rnn/cell_0/lstm/kernel")
        .containsEntry("cell/layer1/W", "rnn/cell_1/gru/kernel:0");
    assertThat(plan.fits()).isTrue();
  }

  @Test
  void misfitsAreTold() {
    assertThat(
            plan(
                "{\"ours\": \"w\", \"from\": [\"**/k\"]}",
                Map.of("a/k", range(1), "k", range(1)),
                1))
        .satisfies(
            plan -> assertThat(plan.mismatched()).containsExactly("w could be any of a/k, k"))
        .returns(false, WeightImport::fits);
    for (String step :
        new String[] {
          "{\"type\": \"transpose\", \"axes\": [1, 0]}",
          "{\"type\": \"reshape\", \"shape\": [5]}",
          "{\"type\": \"slice\", \"axis\": 0, \"begin\": 0, \"end\": 7}",
          "{\"type\": \"block\", \"axis\": 1, \"of\": 2, \"index\": 0}",
          "{\"type\": \"reorder\", \"axis\": 0, \"order\": [3, 0, 2, 1]}"
        }) {
      WeightImport plan =
          plan(
              "{\"ours\": \"w\", \"from\": [\"a\"], \"then\": [%s]}".formatted(step),
              Map.of("a", range(6)),
              6);
      assertThat(plan.mismatched()).as(step).hasSize(1);
      assertThat(plan.mismatched().get(0)).startsWith("w from a: ").contains("float32 [6]");
      assertThat(plan.fits()).isFalse();
    }
    assertThat(
            plan(
                    "{\"ours\": \"w\", \"from\": [\"a\", \"b\"], \"concat\": 1}",
                    Map.of("a", range(2, 3), "b", range(3, 3)),
                    2,
                    6)
                .mismatched())
        .hasSize(1)
        .first()
        .asString()
        .contains("do not fit together along axis 1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"ours\": \"w\"}",
        "{\"ours\": \"w\", \"from\": [\"a\"], \"fill\": 1}",
        "{\"ours\": \"w\", \"from\": [{\"name\": \"a\", \"steps\": [{\"type\": \"flip\"}]}]}",
        "{\"ours\": \"w\", \"from\": [\"a\"], \"then\": [{\"type\": \"transpose\", \"axes\": [0,"
            + " 2]}]}",
        "{\"ours\": \"w\", \"from\": [\"a\"], \"then\": [{\"type\": \"slice\", \"axis\": 0,"
            + " \"begin\": 3, \"end\": 3}]}",
        "{\"ours\": \"w\", \"from\": [\"a\"], \"then\": [{\"type\": \"block\", \"axis\": 0, \"of\":"
            + " 2, \"index\": 2}]}"
      })
  void aWrongRuleIsNamedWithItsPlace(String rule) {
    assertThatThrownBy(() -> mapping(rule))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("m.json, rules[0].");
  }

  @Test
  void everyReadyMadeMappingIsWhole() {
    for (String name : WeightMapping.READY_MADE) {
      WeightMapping mapping = WeightMapping.read(name);
      assertThat(mapping.rules()).as(name).isNotEmpty();
      assertThat(mapping.complete()).as(name).isNotEmpty();
      assertThat(mapping.rules()).as(name).allMatch(WeightMapping.Rule::optional);
    }
  }

  /** Magenta's small cell has no bias, and its dynamic biases live in the scopes of h. */
  @Test
  void magentasLayoutIsFound() {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    String cell = "vector_rnn/RNN/HyperLSTMCell/";
    for (String gate : List.of("i", "j", "f", "o")) {
      arrays.put(cell + "hyper_" + gate + "h/zb/super_linear_w", range(2, 1));
    }
    arrays.put(cell + "LayerNormLSTMCell/ln_all/ln_gamma", range(8));
    WeightImport plan =
        WeightImport.plan(
            Map.of(
                "cell/hyper/b",
                Shape.of(8),
                "cell/hyper/ln/gain",
                Shape.of(8),
                "cell/embedding/A_b",
                Shape.of(2, 4)),
            WeightFile.of("sketch", arrays),
            WeightMapping.read("magenta"));

    assertThat(plan.fits()).as(plan.toString()).isTrue();
    assertThat(plan.values().get("cell/hyper/b")).containsOnly(0);
    assertThat(plan.values().get("cell/hyper/ln/gain")).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    assertThat(plan.values().get("cell/embedding/A_b")).containsExactly(0, 0, 0, 0, 1, 1, 1, 1);
  }

  /** A user's own model: the parameters of the store are what is wanted. */
  @Test
  void aReadyMadeMappingServesACellOfAnyScopeAndAPartOfAFile() {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 1);
      Operand<TFloat32> loss = loss(store, "decoder/lstm"); // W_x [2, 4], W_h [1, 4], b [4]
      new Adam(store, store.root().tf().constant(0.1f), GradientClip.none()).minimize(loss);
      store.initialize(session);
      // a state_dict: [4 units, inputs], gates i, f, g, o
      Map<String, NpyArray> arrays =
          Map.of(
              "net.lstm.weight_ih_l0", range(4, 2),
              "net.lstm.weight_hh_l0", range(4, 1),
              "net.lstm.bias_ih_l0", range(4),
              "net.lstm.bias_hh_l0", range(4),
              "net.head.weight", range(1, 1));
      WeightFile lstm = WeightFile.of("net.npz", arrays).under("net.lstm.");
      assertThat(lstm.names())
          .containsExactly("bias_hh_l0", "bias_ih_l0", "weight_hh_l0", "weight_ih_l0");

      WeightMapping pytorch = WeightMapping.read("pytorch-lstm");
      assertThatThrownBy(() -> WeightImport.plan(store, lstm, pytorch))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("WeightMapping.withScope");
      WeightImport plan = WeightImport.plan(store, lstm, pytorch.withScope("decoder/lstm"));
      assertThat(plan.extra()).isEmpty();
      plan.assign(session, store);

      // rows i, f, g, o of the transposed matrices become columns i, g, f, o; biases are added
      assertThat(ParameterValues.read(session, store.get("decoder/lstm/W_x")))
          .containsExactly(0, 4, 2, 6, 1, 5, 3, 7);
      assertThat(ParameterValues.read(session, store.get("decoder/lstm/W_h")))
          .containsExactly(0, 2, 1, 3);
      assertThat(ParameterValues.read(session, store.get("decoder/lstm/b")))
          .containsExactly(0, 4, 2, 6);

      WeightImport unfit = WeightImport.plan(store, lstm);
      assertThatThrownBy(() -> unfit.assign(session, store))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("weights: do not fit the model; expected an array for each of 3");
    }
    assertThatThrownBy(() -> WeightFile.of("f", Map.of("a.b", range(1))).under("c."))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("f: no array has a name that begins with 'c.'");
    assertThatThrownBy(() -> WeightMapping.read("magenta").withScope("a/*"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("received 'a/*'");
    assertThatThrownBy(
            () -> mapping("{'ours':'**/W','from':['a']}".replace('\'', '"')).withScope("b"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("no one scope that could be replaced");
  }

  private static Operand<TFloat32> loss(ParameterStore store, String scope) {
    LstmCell cell = new LstmCell(store.root().child(scope), LstmCell.Settings.of(2, 1));
    Ops tf = store.root().tf();
    Operand<TFloat32> output =
        cell.step(tf, tf.constant(new float[1][2]), cell.zeroState(tf, tf.constant(1))).output();
    return tf.math.mean(output, tf.constant(new int[] {0, 1}));
  }

  /** Every ready-made mapping of a cell can be moved, several layers too. */
  @Test
  void everyReadyMadeMappingHasOneScope() {
    for (String name : WeightMapping.READY_MADE) {
      assertThat(WeightMapping.read(name).withScope("my/rnn").rules())
          .as(name)
          .hasSameSizeAs(WeightMapping.read(name).rules())
          .allMatch(rule -> rule.ours().startsWith("my/rnn/"));
    }
  }
}
