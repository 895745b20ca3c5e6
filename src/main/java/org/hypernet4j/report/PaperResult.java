// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.report;

import com.google.gson.Gson;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.hypernet4j.spec.ExperimentSpec;

/**
 * A result of the literature beside which a run of a specification can be put. The page shows the
 * size of both models and the terms of both trainings: a run is rarely trained as long.
 *
 * @param specification name of the specification that asks for this row
 * @param source paper and table
 * @param model the paper's model, in words
 * @param metric by which it is given
 * @param split of the data: {@code test} or {@code validation}
 * @param value the result
 * @param parameters of the paper's model, as printed there
 * @param terms data and length of the paper's training, as far as it says
 * @param remark how the specification differs from the paper's model; empty if it is the same
 */
public record PaperResult(
    String specification,
    String source,
    String model,
    String metric,
    String split,
    double value,
    String parameters,
    String terms,
    String remark) {

  private static final String FILE = "paper.json";

  /** The row of a specification by its name; empty if the paper has none. */
  public static Optional<PaperResult> of(ExperimentSpec spec) {
    return Arrays.stream(all()).filter(row -> row.specification.equals(spec.name())).findFirst();
  }

  static PaperResult[] all() {
    try (Reader in =
        new InputStreamReader(
            Objects.requireNonNull(PaperResult.class.getResourceAsStream(FILE), FILE),
            StandardCharsets.UTF_8)) {
      return new Gson().fromJson(in, PaperResult[].class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
