// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.json;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The value of a key that a file leaves out; a key without this annotation must be given. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT})
public @interface Default {
  /** Marks a key that may be left out and then has no value: the component is null. */
  String NONE = "null";

  /** The value as JSON text, for example {@code "0.9"}. */
  String value();
}
