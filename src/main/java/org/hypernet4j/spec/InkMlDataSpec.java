// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Range;
import org.hypernet4j.json.TypeName;

/** Drawings in the W3C's Ink Markup Language, one a file. */
@Doc("A folder of drawings in InkML, one a file")
@TypeName("ink-ml")
public record InkMlDataSpec(
    @Doc("Share of the drawings held back for validation, chosen by a hash of the file's name")
        @Default("0.05")
        @Range(above = 0, below = 1)
        double validationShare,
    @Doc("Share of the drawings that are the test part, chosen by the same hash")
        @Default("0.05")
        @Range(above = 0, below = 1)
        double testShare,
    @Doc("What is done to the drawings") @Default("{}") DrawingsSpec drawings)
    implements DataSpec, DrawingDataSpec {

  /** Checks the shares together. */
  public InkMlDataSpec {
    LanguageDataSpec.requireShares(validationShare, testShare);
  }
}
