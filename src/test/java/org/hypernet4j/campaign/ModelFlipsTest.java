// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.export.publish.SmallModel;
import org.hypernet4j.language.SmallLanguageModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A few of the flips that the campaign tries by the thousand. */
class ModelFlipsTest {
  @TempDir Path models;
  @TempDir Path copies;

  @Test
  void noFlippedBitOfAnImageModelPasses() throws Exception {
    assertFound(SmallModel.request(models), 12);
  }

  @Test
  void noFlippedBitOfALanguageModelPasses() throws Exception {
    assertFound(SmallLanguageModel.exportRequest(models), 5);
  }

  private void assertFound(ExportRequest request, int flips) throws Exception {
    Path model = Exporter.export(request).versionFolder();

    ModelFlips.Result result = ModelFlips.run(model, 20261127L, flips, copies);

    assertThat(result.failures()).isEmpty();
    assertThat(result.flips()).isEqualTo(flips);
  }
}
