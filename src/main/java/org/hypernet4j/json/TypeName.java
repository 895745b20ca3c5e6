// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.json;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The value of the key {@code type} that chooses this record among those of a sealed interface. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE})
public @interface TypeName {
  /** Lower case, words joined by hyphens. */
  String value();
}
