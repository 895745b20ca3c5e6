// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The name of an input or output that a record's component has another name than, see {@link
 * TypedPredictor}.
 *
 * <pre>{@code
 * record Answer(@Named("class") long digit) {}
 * }</pre>
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Named {
  /** The name in the signature. */
  String value();
}
