// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The campaign, as the profile {@code campaign} runs it. The name keeps it out of {@code mvn
 * verify}, which takes classes whose name ends in Test.
 */
class FaultCampaign {
  @Test
  void nothingIsWrong() throws Exception {
    CampaignReport report = new Campaign(Settings.ofProperties(), Kinds.all(), System.out).run();
    String page = System.getProperty("campaign.catalogue");
    if (page != null) {
      report.writeInto(Path.of(page));
    }
    assertThat(report.failures().size()).as("wrong attempts, listed above").isZero();
  }
}
