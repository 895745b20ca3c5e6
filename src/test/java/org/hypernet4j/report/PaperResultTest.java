// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hypernet4j.experiment.ParameterTable;
import org.hypernet4j.measure.Metric;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.SpecFiles;
import org.junit.jupiter.api.Test;

/** The figures of the literature that reports show. */
class PaperResultTest {
  @Test
  void everyRowIsOfASpecificationThatThereIs() {
    List<String> names = new ArrayList<>();
    for (PaperResult row : PaperResult.all()) {
      ExperimentSpec spec =
          SpecFiles.read(Path.of("graphs", row.specification() + ".json"), List.of());
      assertThat(spec.name()).isEqualTo(row.specification());
      assertThat(PaperResult.of(spec)).hasValue(row);
      assertThat(row.value()).isNotZero();
      assertThat(Metric.of(row.metric()).title()).isNotEmpty();
      assertThat(row.split()).isIn("test", "validation");
      assertThat(List.of(row.source(), row.model(), row.parameters(), row.terms()))
          .allMatch(text -> !text.isBlank());
      assertThat(row.remark()).isNotNull();
      names.add(row.specification());
    }
    assertThat(new HashSet<>(names)).hasSameSizeAs(names);
  }

  /** The descriptions of the paper's models name its figures too. */
  @Test
  void figuresAgreeWithTheDescriptions() {
    Pattern bits = Pattern.compile("([0-9.]+) bits per character on the test part");
    int found = 0;
    for (PaperResult row : PaperResult.all()) {
      ExperimentSpec spec =
          SpecFiles.read(Path.of("graphs", row.specification() + ".json"), List.of());
      Matcher said = bits.matcher(String.valueOf(spec.description()));
      if (said.find()) {
        assertThat(Double.parseDouble(said.group(1))).isEqualTo(row.value());
        found++;
      }
    }
    assertThat(found).isEqualTo(14); // eight rows of Table 3, six of Table 4
  }

  @Test
  void aRowWithoutRemarkHasAModelOfThePapersSize() {
    for (String name : List.of("mnist-hyper", "mnist-plain", "cifar10-wrn-40-2-hyper")) {
      ExperimentSpec spec = SpecFiles.read(Path.of("graphs", name + ".json"), List.of());
      PaperResult row = PaperResult.of(spec).orElseThrow();
      double trainable = ParameterTable.of(spec).trainable();
      double printed =
          row.parameters().endsWith(" M")
              ? 1e6 * Double.parseDouble(row.parameters().replace(" M", ""))
              : Double.parseDouble(row.parameters().replace(",", ""));
      assertThat(trainable).isBetween(0.99 * printed, 1.01 * printed);
    }
  }
}
