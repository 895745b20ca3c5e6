// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.json;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Keys of which a file must contain exactly one. An override of one of them removes the others; the
 * record's constructor checks the number.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE})
public @interface ExactlyOne {
  /** The keys, each with {@code @Default(Default.NONE)}. */
  String[] value();
}
