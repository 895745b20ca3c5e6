// SPDX-License-Identifier: Apache-2.0
/** A modular project that needs the library and nothing else. */
module consumer {
  requires org.hypernet4j;

  // typed predictors read and make its records
  opens consumer to
      org.hypernet4j;
}
