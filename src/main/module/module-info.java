// SPDX-License-Identifier: Apache-2.0
/**
 * Hypernetworks for TensorFlow Java: parameters, layers, generators, recurrent cells, training,
 * checkpoints, export and verification.
 *
 * <p>TensorFlow's native library is a module of its own that no module asks for; protobuf, an
 * automatic module, brings it in when it lies on the module path.
 */
module org.hypernet4j {
  requires transitive com.google.gson;
  requires transitive tensorflow;
  requires transitive tensorflow.framework;
  requires jdk.jfr;
  requires org.slf4j;
  requires static aircompressor;
  requires static micrometer.core;
  requires static org.jspecify;

  exports org.hypernet4j.cell;
  exports org.hypernet4j.checkpoint;
  exports org.hypernet4j.device;
  exports org.hypernet4j.error;
  exports org.hypernet4j.export;
  exports org.hypernet4j.export.publish;
  exports org.hypernet4j.export.verify;
  exports org.hypernet4j.graph;
  exports org.hypernet4j.hyper;
  exports org.hypernet4j.io;
  exports org.hypernet4j.measure;
  exports org.hypernet4j.nn;
  exports org.hypernet4j.optim;
  exports org.hypernet4j.predict;
  exports org.hypernet4j.random;
  exports org.hypernet4j.train;
  exports org.hypernet4j.unroll;

  // Gson reads and writes records of these packages.
  opens org.hypernet4j.checkpoint to
      com.google.gson;
  opens org.hypernet4j.export to
      com.google.gson;
  opens org.hypernet4j.json to
      com.google.gson;
}
