// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.json;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The numbers that a key, or each item of a list, may hold. Without it an integer has the limits of
 * its Java type and a real number need only be finite.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT})
public @interface Range {
  /** The smallest number allowed. */
  double min() default Double.NEGATIVE_INFINITY;

  /** The largest number allowed. */
  double max() default Double.POSITIVE_INFINITY;

  /** A limit that the number must exceed. */
  double above() default Double.NEGATIVE_INFINITY;

  /** A limit that the number must stay under. */
  double below() default Double.POSITIVE_INFINITY;
}
