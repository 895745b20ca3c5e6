// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.json;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Keys of which a file gives exactly one. An override of one of them takes the others out; the
 * record's constructor makes the check.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE})
public @interface ExactlyOne {
  /** The keys, each with {@code @Default(Default.NONE)}. */
  String[] value();
}
