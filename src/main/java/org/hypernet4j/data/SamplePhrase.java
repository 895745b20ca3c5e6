// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

/**
 * A subject, an object or a place in both languages.
 *
 * @param english in English
 * @param french in French
 * @param negated in French as the object of a verb with "ne ... pas": "un livre" becomes "de livre"
 * @param feminine the French gender
 * @param person the form of a verb that it asks for as a subject: {@link #I} to {@link #THEY}
 */
record SamplePhrase(String english, String french, String negated, boolean feminine, int person) {
  static final int I = 0;
  static final int HE = 1;
  static final int WE = 2;
  static final int YOU = 3;
  static final int THEY = 4;

  /** What a negation does not change. */
  static SamplePhrase of(String english, String french) {
    return new SamplePhrase(english, french, french, false, HE);
  }

  /** Somebody or something that does. */
  static SamplePhrase subject(String english, String french, boolean feminine, int person) {
    return new SamplePhrase(english, french, french, feminine, person);
  }

  boolean plural() {
    return person >= WE;
  }

  /** This and more behind it. */
  SamplePhrase then(String moreEnglish, String moreFrench) {
    return new SamplePhrase(
        english + " " + moreEnglish,
        french + " " + moreFrench,
        negated + " " + moreFrench,
        feminine,
        person);
  }

  SamplePhrase then(SamplePhrase more) {
    return then(more.english(), more.french());
  }
}
