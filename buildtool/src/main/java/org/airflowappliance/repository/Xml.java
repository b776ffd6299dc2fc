package org.airflowappliance.repository;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Writes XML with one element a line; attributes are given as name, value, name, value. */
final class Xml {
  private final XMLStreamWriter out;

  Xml(OutputStream stream) throws XMLStreamException {
    out =
        XMLOutputFactory.newDefaultFactory()
            .createXMLStreamWriter(stream, StandardCharsets.UTF_8.name());
    out.writeStartDocument("UTF-8", "1.0");
    line();
  }

  Xml start(String name, String... attributes) throws XMLStreamException {
    out.writeStartElement(name);
    attributes(attributes);
    line();
    return this;
  }

  Xml end() throws XMLStreamException {
    out.writeEndElement();
    line();
    return this;
  }

  Xml empty(String name, String... attributes) throws XMLStreamException {
    out.writeEmptyElement(name);
    attributes(attributes);
    line();
    return this;
  }

  Xml text(String name, String text, String... attributes) throws XMLStreamException {
    out.writeStartElement(name);
    attributes(attributes);
    out.writeCharacters(text);
    out.writeEndElement();
    line();
    return this;
  }

  void finish() throws XMLStreamException {
    out.writeEndDocument();
    out.flush();
  }

  private void attributes(String... attributes) throws XMLStreamException {
    for (int i = 0; i < attributes.length; i += 2) {
      out.writeAttribute(attributes[i], attributes[i + 1]);
    }
  }

  private void line() throws XMLStreamException {
    out.writeCharacters("\n");
  }
}
