// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.json.SpecReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.ndarray.Shape;

/** Parts of an axis by number, fraction, parameter and rest; rows are numbered to see them move. */
class AxisPartTest {
  /** {@code [6, 2]}, rows 0 to 5. */
  private static final NpyArray ROWS =
      NpyArray.of(new float[] {0, 0.5f, 1, 1.5f, 2, 2.5f, 3, 3.5f, 4, 4.5f, 5, 5.5f}, 6, 2);

  private static final Map<String, Shape> MODEL =
      Map.of(
          "cell/layer1/W", Shape.of(6, 2),
          "cell/layer1/U", Shape.of(4, 9),
          "cell/layer2/U", Shape.of(1, 2),
          "cut", Shape.of(2, 2));

  private static WeightMapping mapping(String ours, String parts) {
    return SpecReader.read(
        WeightMapping.class,
        "{\"rules\": [{\"ours\": \""
            + ours
            + "\", \"from\": [{\"name\": \"a\", \"steps\": [{\"type\": \"parts\", \"axis\": 0, "
            + parts.replace('\'', '"')
            + "}]}]}]}",
        "m.json");
  }

  private static WeightImport plan(String ours, String parts) {
    return WeightImport.plan(MODEL, WeightFile.of("file", Map.of("a", ROWS)), mapping(ours, parts));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[{'name':'h','size':4},'x'] | ['x','h'] | 4 5 0 1 2 3",
        "['h',{'name':'x','size':2}] | ['x','h'] | 4 5 0 1 2 3",
        "[{'name':'h','like':'cell/layer{k}/U'},'x'] | ['x','h'] | 4 5 0 1 2 3",
        "[{'name':'h','like':'./U'},'x'] | ['x','h'] | 4 5 0 1 2 3",
        "['x',{'name':'h','like':'../layer2/U','likeAxis':1}] | ['h','x'] | 4 5 0 1 2 3",
        "['x',{'name':'h','like':'**/layer2/U','likeAxis':1}] | ['h','x'] | 4 5 0 1 2 3",
        "[{'name':'h','fraction':0.6667},'x'] | ['x','h'] | 4 5 0 1 2 3",
        "[{'name':'a','fraction':0.5},{'name':'b','fraction':0.3333},'c'] | ['b','c','a'] | 3 4 5 0 1 2"
      })
  void partsChangePlaces(String parts, String take, String rows) {
    WeightImport plan = plan("cell/layer{k}/W", "'parts': " + parts + ", 'take': " + take);
    assertThat(plan.mismatched()).isEmpty();
    float[] expected = new float[12];
    String[] numbers = rows.split(" ", -1);
    for (int i = 0; i < 6; i++) {
      expected[2 * i] = Integer.parseInt(numbers[i]);
      expected[2 * i + 1] = expected[2 * i] + 0.5f;
    }
    assertThat(plan.values().get("cell/layer1/W")).containsExactly(expected);
  }

  @Test
  void partsAreCutOut() {
    WeightImport plan =
        plan(
            "cut",
            "'parts': [{'name':'h','size':2},'x',{'name':'y','fraction':0.3333}], 'take': ['x']");
    assertThat(plan.values().get("cut")).containsExactly(2, 2.5f, 3, 3.5f);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[{'name':'h','fraction':0.4},'x'] | no whole number",
        "[{'name':'h','size':6},'x'] | do not make up axis 0; expected less than 6 in all, received 6",
        "[{'name':'h','size':2},{'name':'x','size':3}] | expected 6 in all, received 5",
        "[{'name':'h','like':'cell/*/U'},'x'] | must name one parameter of the model",
        "[{'name':'h','like':'cell/layer{k}/V'},'x'] | received none",
        "[{'name':'h','like':'cell/layer{k}/U','likeAxis':2},'x'] | has no axis 2"
      })
  void whatDoesNotFitIsListed(String parts, String message) {
    WeightImport plan = plan("cell/layer{k}/W", "'parts': " + parts + ", 'take': ['x','h']");
    assertThat(plan.mismatched()).hasSize(1);
    assertThat(plan.mismatched().get(0)).contains("cell/layer1/W from a", message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "['h','x'] | ['x'] | only one part can be what the others leave",
        "[{'name':'h','size':2,'fraction':0.5},'x'] | ['x'] | has several lengths",
        "[{'name':'h','likeAxis':1},'x'] | ['x'] | has several lengths",
        "[{'name':'h','size':2},'h'] | ['h'] | a name comes twice",
        "[{'name':'h','size':2},'x'] | ['y'] | names a part that there is not",
        "[{'name':'h','size':2},'x'] | ['x','x'] | a name comes twice",
        "[{'name':'h','fraction':1.5},'x'] | ['x'] | fraction"
      })
  void faultsOfTheFileAreErrors(String parts, String take, String message) {
    assertThatThrownBy(() -> mapping("cut", "'parts': " + parts + ", 'take': " + take))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("m.json")
        .hasMessageContaining(message);
  }
}
