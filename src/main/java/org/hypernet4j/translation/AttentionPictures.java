package org.hypernet4j.translation;

import org.hypernet4j.run.*;

final class AttentionPictures {
  AttentionPictures(TrainedTranslation t, DrawOptions o) {}

  Drawing draw() {
    throw new UnsupportedOperationException();
  }
}
