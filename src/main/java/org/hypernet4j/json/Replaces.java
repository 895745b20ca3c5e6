// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.json;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The path, from the top of the file, of the value that this key replaces. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT})
public @interface Replaces {
  /** For example {@code training.batchSize}. */
  String value();
}
