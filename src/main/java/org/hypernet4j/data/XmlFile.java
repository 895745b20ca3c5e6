// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UnsupportedEncodingException;
import java.nio.file.Path;
import javax.xml.XMLConstants;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParser;
import javax.xml.parsers.SAXParserFactory;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.RegularFiles;
import org.jspecify.annotations.Nullable;
import org.xml.sax.Attributes;
import org.xml.sax.InputSource;
import org.xml.sax.Locator;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import org.xml.sax.ext.DefaultHandler2;

/**
 * The elements of an XML file, one after another; every fault becomes a {@link UserError} that
 * names the file and the line.
 *
 * <p>The file may come from anybody. A document type is refused before anything of it is used, so
 * that there is no entity to expand and nothing outside the file to read; the five entities that XML
 * itself defines are read.
 */
final class XmlFile extends DefaultHandler2 {
  /** A page of handwriting with time and pressure at every point has a few megabytes. */
  static final long MOST_BYTES = 64L << 20;

  private final String name;
  private final Content content;
  private final StringBuilder text = new StringBuilder();
  private String element = "";
  private @Nullable Attributes attributes;
  private @Nullable Locator locator;

  /** What is done with the elements; both methods ask the file for the rest. */
  interface Content {
    /** An element begins; its attributes are known. */
    void begin(XmlFile xml);

    /** An element ends; the text since the last begin or end is known. */
    void end(XmlFile xml);
  }

  private XmlFile(String name, Content content) {
    this.name = name;
    this.content = content;
  }

  /**
   * Reads a file.
   *
   * @throws UserError if it is missing, larger than {@link #MOST_BYTES}, not well-formed, or has a
   *     document type
   */
  static void read(Path file, Content content) {
    String name = file.toString();
    byte[] bytes;
    try {
      bytes = RegularFiles.readAllBytes(file, MOST_BYTES);
    } catch (IOException e) {
      throw DataStream.unreadable(name, e);
    }
    XmlFile xml = new XmlFile(name, content);
    try {
      parser(xml).parse(new InputSource(new ByteArrayInputStream(bytes)), xml);
    } catch (SAXException | IOException e) {
      throw xml.damaged(e);
    }
  }

  private static SAXParser parser(XmlFile xml) throws SAXException {
    try {
      // the JDK's own, whatever else is on the class path
      SAXParserFactory factory = SAXParserFactory.newDefaultNSInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setFeature("http://xml.org/sax/features/external-general-entities", false);
      factory.setFeature("http://xml.org/sax/features/external-parameter-entities", false);
      SAXParser parser = factory.newSAXParser();
      parser.setProperty("http://xml.org/sax/properties/lexical-handler", xml);
      return parser;
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException("the JDK's XML parser has these features", e);
    }
  }

  @Override
  public void setDocumentLocator(Locator locator) {
    this.locator = locator;
  }

  @Override
  public void startDTD(String root, @Nullable String publicId, @Nullable String systemId) {
    throw fault()
        .what("has a document type (DOCTYPE), line " + line())
        .expected("XML without one: it could make the file refer to others or grow")
        .received("<!DOCTYPE")
        .next("delete the DOCTYPE and what it defines")
        .build();
  }

  @Override
  public void startElement(String uri, String local, String qualified, Attributes attributes) {
    this.attributes = attributes;
    element = local;
    text.setLength(0);
    content.begin(this);
    this.attributes = null;
  }

  @Override
  public void endElement(String uri, String local, String qualified) {
    element = local;
    content.end(this);
    text.setLength(0);
  }

  @Override
  public void characters(char[] from, int start, int length) {
    text.append(from, start, length);
  }

  /** The name of the current element without its namespace. */
  String element() {
    return element;
  }

  /** The text since the last element began or ended. */
  String text() {
    return text.toString();
  }

  /** An attribute of the element that begins, of no namespace or any; null if there is none. */
  @Nullable String attribute(String attribute) {
    if (attributes != null) {
      for (int i = 0; i < attributes.getLength(); i++) {
        if (attributes.getLocalName(i).equals(attribute)) {
          return attributes.getValue(i);
        }
      }
    }
    return null;
  }

  /** The line at which the current tag ends, from 1. */
  int line() {
    return locator == null ? 1 : locator.getLineNumber();
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

  private UserError damaged(Exception e) {
    int line = e instanceof SAXParseException at ? at.getLineNumber() : line();
    String message =
        (e instanceof UnsupportedEncodingException ? "the unknown encoding " : "") + e.getMessage();
    return fault()
        .what("not well-formed XML" + (line < 1 ? "" : ", line " + line))
        .expected("a complete XML file")
        .received(message.endsWith(".") ? message.substring(0, message.length() - 1) : message)
        .next("get the file again")
        .cause(e)
        .build();
  }
}
