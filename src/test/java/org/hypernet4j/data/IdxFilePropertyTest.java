// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.IdxBytes;

/** Whatever happens to the bytes, a reader gives data of the right size or a {@link UserError}. */
class IdxFilePropertyTest {
  private static final byte[] IMAGES = IdxBytes.images(6, 4, 3);
  private static final byte[] LABELS = IdxBytes.labels(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);

  @Property
  void everyTruncationIsNoticed(@ForAll boolean zip, @ForAll @IntRange(max = 999) int permille) {
    for (byte[] whole : new byte[][] {IMAGES, LABELS}) {
      byte[] stored = zip ? IdxBytes.gzip(whole) : whole;
      byte[] cut = Arrays.copyOf(stored, stored.length * permille / 1000);
      assertThat(readable(cut, whole == IMAGES)).isFalse();
    }
  }

  @Property
  void flippedBytesGiveDataOrAnError(
      @ForAll boolean zip,
      @ForAll @Size(min = 1, max = 4) int[] places,
      @ForAll @IntRange(min = 1, max = 255) int flip) {
    for (byte[] whole : new byte[][] {IMAGES, LABELS}) {
      byte[] stored = zip ? IdxBytes.gzip(whole) : whole.clone();
      for (int place : places) {
        stored[Math.floorMod(place, stored.length)] ^= (byte) flip;
      }
      readable(stored, whole == IMAGES);
    }
  }

  @Property
  void arbitraryBytesGiveDataOrAnError(@ForAll byte[] bytes, @ForAll boolean zip) {
    byte[] stored = zip ? IdxBytes.gzip(bytes) : bytes;
    readable(stored, true);
    readable(stored, false);
  }

  /** Headers that claim anything at all in front of a few bytes. */
  @Property
  void arbitraryHeadersGiveDataOrAnError(
      @ForAll int count, @ForAll int rows, @ForAll int columns, @ForAll boolean zip) {
    byte[] plain = IdxBytes.idx(new int[] {2051, count, rows, columns}, new byte[20]);
    readable(zip ? IdxBytes.gzip(plain) : plain, true);
  }

  /** Reads; true if data came, false if a user error did; anything else fails the property. */
  private static boolean readable(byte[] stored, boolean images) {
    try {
      DataStream in = new DataStream("file", stored.length, new ByteArrayInputStream(stored));
      if (images) {
        IdxFile.Images read = IdxFile.images(in);
        assertThat(read.pixels()).hasSize(read.count() * read.height() * read.width());
      } else {
        assertThat(Arrays.stream(IdxFile.labels(in, 10)))
            .isNotEmpty()
            .allMatch(l -> l >= 0 && l < 10);
      }
      return true;
    } catch (UserError e) {
      assertThat(e).hasMessageStartingWith("file: ").hasMessageNotContaining("\n");
      return false;
    }
  }
}
