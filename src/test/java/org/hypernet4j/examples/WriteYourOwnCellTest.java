// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hypernet4j.cell.PlainCells.gate;
import static org.hypernet4j.cell.PlainCells.plus;
import static org.hypernet4j.cell.PlainCells.scaled;
import static org.hypernet4j.cell.PlainCells.sigmoid;
import static org.hypernet4j.cell.PlainCells.tanh;
import static org.hypernet4j.cell.PlainCells.times;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.hypernet4j.cell.PlainCells;
import org.hypernet4j.cell.PlainCheck;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** The examples of docs/cells.md: cells that are not the library's. */
class WriteYourOwnCellTest {
  /** Unrolled and in a loop, outputs and gradients, against plain doubles. */
  @Test
  void aPeepholeLstmIsWhatItsEquationsSay() {
    PlainCheck.check(scope -> PeepholeLstmCell.make(scope, 2, 3), WriteYourOwnCellTest::step, 1);
  }

  private static double[][] step(PlainCells cells, double[] x, double[][] state) {
    double[] c = state[0];
    double[] sums =
        plus(times(x, cells.get("W_x")), times(state[1], cells.get("W_h")), cells.get("b"));
    double[] p = cells.get("p");
    double[] i = sigmoid(plus(gate(sums, 0, 3), scaled(gate(p, 0, 3), c)));
    double[] f = sigmoid(plus(gate(sums, 2, 3), scaled(gate(p, 1, 3), c)));
    double[] next = plus(scaled(f, c), scaled(i, tanh(gate(sums, 1, 3))));
    double[] o = sigmoid(plus(gate(sums, 3, 3), scaled(gate(p, 2, 3), next)));
    return new double[][] {next, scaled(o, tanh(next))};
  }

  /** Outputs, and the gradients by both tensors and the parameter: finite differences. */
  @Test
  void isTheFormulaWithTheGradientByTheExamplesOwnTensors() {
    PlainCheck.check(
        scope -> {
          Operand<TFloat32> z =
              scope.value("z", Shape.of(1, 4), Initializers.zeros(), Role.EMBEDDING);
          Operand<TFloat32> m =
              scope.value("m", Shape.of(4, 4), Initializers.zeros(), Role.EMBEDDING);
          return ConditionedCell.make(
              scope, 2, z, scope.tf().expandDims(m, scope.tf().constant(0)));
        },
        (p, x, s) ->
            new double[][] {tanh(plus(times(x, p.get("w")), p.get("z"), times(s[0], p.get("m"))))},
        0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PeepholeLstmCell", "ConditionedCell"})
  void theDocumentationShowsTheCell(String name) throws IOException {
    String source =
        Files.readString(Path.of("src/test/java/org/hypernet4j/examples", name + ".java"));
    String begin = "// docs/cells.md begins\n";
    String cell =
        source.substring(
            source.indexOf(begin) + begin.length(), source.indexOf("// docs/cells.md ends"));
    assertThat(Files.readString(Path.of("docs/cells.md"))).contains("```java\n" + cell + "```");
    assertThat(cell.lines().count()).isLessThan(60);
  }
}
