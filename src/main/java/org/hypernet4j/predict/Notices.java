// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Logs each thing once, not with every look at a folder. */
final class Notices {
  private final Logger log;
  private final Map<String, String> told = new ConcurrentHashMap<>();

  Notices(Logger log) {
    this.log = log;
  }

  /**
   * Warns, unless the same was said last.
   *
   * @param what it is about
   */
  void tell(String what, String message) {
    if (!message.equals(told.put(what, message))) {
      log.warn("{}", message);
    }
  }

  /** It is well again; the next time is a new one. */
  void clear(String what) {
    told.remove(what);
  }

  /** What was said last and is not well again, or null. */
  @Nullable String last(String what) {
    return told.get(what);
  }
}
