// SPDX-License-Identifier: Apache-2.0
/** A modular project that needs the library and nothing else. */
module consumer {
  requires org.hypernet4j;
}
