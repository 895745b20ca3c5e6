// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Range;
import org.hypernet4j.json.TypeName;

/** Google's Quick, Draw!, simplified or raw: one drawing a line, one file a class. */
@Doc("Quick, Draw! drawings, simplified or raw: NAME.ndjson, gzipped or not, or a folder of them")
@TypeName("quick-draw")
public record QuickDrawDataSpec(
    @Doc("Whether drawings that the game did not recognize are left out") @Default("true")
        boolean recognizedOnly,
    @Doc("Drawings that are read of each file at most, from its start")
        @Default("75000")
        @Range(min = 1, max = 10_000_000)
        int mostPerFile,
    @Doc("Share of the drawings held back for validation, chosen by a hash of key_id")
        @Default("0.035")
        @Range(above = 0, below = 1)
        double validationShare,
    @Doc("Share of the drawings that are the test part, chosen by the same hash")
        @Default("0.035")
        @Range(above = 0, below = 1)
        double testShare,
    @Doc("What is done to the drawings") @Default("{}") DrawingsSpec drawings)
    implements DataSpec, DrawingDataSpec {

  /** Checks the shares together. */
  public QuickDrawDataSpec {
    LanguageDataSpec.requireShares(validationShare, testShare);
  }
}
