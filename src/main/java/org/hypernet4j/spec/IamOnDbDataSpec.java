// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import com.google.gson.annotations.SerializedName;
import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.TypeName;

/** The IAM on-line handwriting database: lines of English text, the user's own copy. */
@Doc("IAM-OnDB: lines of English handwriting and their text, the folder of the user's own copy")
@TypeName("iam-on-db")
public record IamOnDbDataSpec(
    @Doc("Which lines are for training, validation and test") @Default("\"graves\"") Split split,
    @Doc("What is done to the drawings") @Default("{}") DrawingsSpec drawings)
    implements DataSpec, DrawingDataSpec {

  /** How the database's four lists of forms are used. */
  public enum Split {
    /** trainset, testset_t and testset_f train; testset_v validates, and is the test too. */
    @SerializedName("graves")
    GRAVES,
    /** trainset trains, testset_v validates, testset_t and testset_f test. */
    @SerializedName("standard")
    STANDARD
  }
}
