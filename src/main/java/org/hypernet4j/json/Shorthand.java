// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.json;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A bare value may stand for the whole object: with {@code @Shorthand("value")}, {@code 0.001} is
 * read as {@code {"value": 0.001}}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE})
public @interface Shorthand {
  /** The key that the bare value belongs to; all others need defaults. */
  String value();
}
