// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.RegularFiles;
import org.jspecify.annotations.Nullable;

/**
 * The elements of an XML file, one after another; every fault becomes a {@link UserError} that
 * names the file and the line.
 *
 * <p>The file may come from anybody. A document type is refused before anything of it is used, so
 * that there is no entity to expand and nothing outside the file to read; entities that XML itself
 * defines, such as {@code &amp;}, are read.
 */
final class XmlFile {
  /** A page of handwriting with time and pressure at every point has a few megabytes. */
  static final long MOST_BYTES = 64L << 20;

  private final String name;
  private final XMLStreamReader xml;

  private XmlFile(String name, byte[] bytes) throws XMLStreamException {
    this.name = name;
    // the JDK's own, whatever else is on the class path
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    factory.setXMLResolver(
        (publicId, systemId, base, namespace) -> {
          throw new XMLStreamException("refers to another file, " + systemId);
        });
    xml = factory.createXMLStreamReader(new ByteArrayInputStream(bytes));
  }

  /**
   * Reads a file.
   *
   * @param content gets the file before its first element
   * @throws UserError if it is missing, larger than {@link #MOST_BYTES}, not well-formed, or has a
   *     document type
   */
  static void read(Path file, Consumer<XmlFile> content) {
    String name = file.toString();
    byte[] bytes;
    try {
      bytes = RegularFiles.readAllBytes(file, MOST_BYTES);
    } catch (IOException e) {
      throw DataStream.unreadable(name, e);
    }
    try {
      XmlFile xml = new XmlFile(name, bytes);
      content.accept(xml);
      while (xml.next() != XMLStreamConstants.END_DOCUMENT) {
        // what follows may still be damaged
      }
    } catch (XMLStreamException e) {
      throw damaged(name, e);
    }
  }

  String name() {
    return name;
  }

  /**
   * Goes to the next start or end of an element, or to the next text.
   *
   * @return {@link XMLStreamConstants#START_ELEMENT}, {@code END_ELEMENT}, {@code CHARACTERS} or
   *     {@code END_DOCUMENT}
   */
  int next() {
    try {
      while (true) {
        if (xml.getEventType() == XMLStreamConstants.END_DOCUMENT) {
          return XMLStreamConstants.END_DOCUMENT;
        }
        int event = xml.next();
        switch (event) {
          case XMLStreamConstants.START_ELEMENT,
              XMLStreamConstants.END_ELEMENT,
              XMLStreamConstants.CHARACTERS,
              XMLStreamConstants.END_DOCUMENT -> {
            return event;
          }
          case XMLStreamConstants.DTD ->
              throw fault()
                  .what("has a document type (DOCTYPE), line " + line())
                  .expected("XML without one: it could make the file refer to others or grow")
                  .received("<!DOCTYPE")
                  .next("delete the DOCTYPE and what it defines")
                  .build();
          default -> {
            // comments, processing instructions and white space between elements
          }
        }
      }
    } catch (XMLStreamException e) {
      throw damaged(name, e);
    }
  }

  /** The name of the current element without its namespace. */
  String element() {
    return xml.getLocalName();
  }

  /** The current text. */
  String text() {
    return xml.getText();
  }

  /** An attribute of the current element, of no namespace or any; null if there is none. */
  @Nullable String attribute(String attribute) {
    for (int i = 0; i < xml.getAttributeCount(); i++) {
      if (xml.getAttributeLocalName(i).equals(attribute)) {
        return xml.getAttributeValue(i);
      }
    }
    return null;
  }

  /** The line at which the current event ends, from 1. */
  int line() {
    return xml.getLocation().getLineNumber();
  }

  /**
   * A coordinate.
   *
   * @param text a decimal number, as XML's own {@code double} but finite
   * @param what the number in words, for the error
   */
  double number(@Nullable String text, String what) {
    if (text != null && decimal(text)) {
      double number = Double.parseDouble(text);
      if (Double.isFinite(number)) {
        return number;
      }
    }
    throw fault()
        .what(what + (text == null ? " is missing" : " is not a number") + ", line " + line())
        .expected("a decimal number")
        .received(text == null ? "nothing" : "'" + cut(text) + "'")
        .build();
  }

  private static boolean decimal(String text) {
    boolean digits = false;
    boolean point = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= '0' && c <= '9') {
        digits = true;
      } else if (c == '.' && !point) {
        point = true;
      } else if (digits && (c == 'e' || c == 'E')) {
        return text.substring(i + 1).matches("[+-]?[0-9]{1,9}");
      } else if (i > 0 || (c != '-' && c != '+')) {
        return false;
      }
    }
    return digits;
  }

  /** Starts an error about this file. */
  UserError.Builder fault() {
    return UserError.in(name);
  }

  /** A text that is short enough for a message. */
  static String cut(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "...";
  }

  private static UserError damaged(String name, XMLStreamException e) {
    String message = String.valueOf(e.getMessage());
    int begin = message.indexOf("Message: ");
    String line = e.getLocation() == null ? "" : ", line " + e.getLocation().getLineNumber();
    return UserError.in(name)
        .what("not well-formed XML" + line)
        .expected("a complete XML file")
        .received(begin < 0 ? message : message.substring(begin + "Message: ".length()))
        .next("get the file again")
        .cause(e)
        .build();
  }
}
