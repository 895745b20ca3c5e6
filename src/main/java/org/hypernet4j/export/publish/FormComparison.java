// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.publish;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.OutputDifference;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.Tolerance;
import org.hypernet4j.io.NpyArray;

/**
 * The two forms of one model side by side, both written by the exporter and both run in this
 * process for the inputs of the reference cases. Neither is published.
 *
 * @param maxAbsDifference largest difference between the outputs of the two; integers, such as the
 *     class, count as numbers
 * @param generatedBytes graph and variables of the form with the generator, as files
 * @param bakedBytes graph and variables of the form with plain weights, as files
 */
public record FormComparison(double maxAbsDifference, long generatedBytes, long bakedBytes) {
  /**
   * Writes both forms into a folder, one after the other, and removes them again.
   *
   * @param generated the form with the generator
   * @param baked the model with plain weights: equal signatures and reference inputs
   * @param folder a folder on a disk with room for one of them; created if it does not exist
   * @throws org.hypernet4j.error.UserError as {@link Exporter#export} does
   */
  public static FormComparison of(ExportRequest generated, ExportRequest baked, Path folder) {
    Exporter.Draft first = Exporter.draft(generated, folder);
    Exporter.Draft second = Exporter.draft(baked, folder);
    return new FormComparison(
        difference(first.outputs(), second.outputs()), first.bytes(), second.bytes());
  }

  private static double difference(List<ReferenceCase> generated, List<ReferenceCase> baked) {
    double largest = 0;
    for (int i = 0; i < generated.size(); i++) {
      ReferenceCase other = baked.get(i);
      for (Map.Entry<String, NpyArray> output : generated.get(i).outputs().entrySet()) {
        OutputDifference difference =
            OutputDifference.between(
                i,
                other.signature(),
                output.getKey(),
                Objects.requireNonNull(other.outputs().get(output.getKey())),
                output.getValue(),
                Tolerance.DEFAULT);
        largest = Math.max(largest, difference.maxAbsolute());
      }
    }
    return largest;
  }
}
