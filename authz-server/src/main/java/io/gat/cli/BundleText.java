package io.gat.cli;

import io.gat.bundle.Bundle;

/** Tells what a bundle is. */
final class BundleText {
  private BundleText() {}

  static void print(Console console, Output output, Bundle bundle, String hash) {
    switch (output.format()) {
      case TEXT ->
          console
              .out()
              .println(
                  "ok: "
                      + bundle.name()
                      + ", version "
                      + bundle.version()
                      + ", expires "
                      + bundle.expires()
                      + ", policy "
                      + hash
                      + ", "
                      + bundle.files().size()
                      + (bundle.files().size() == 1 ? " file" : " files"));
      case JSON ->
          console
              .out()
              .println(
                  Json.text(
                      json -> {
                        json.writeStartObject();
                        json.writeStringField("name", bundle.name());
                        json.writeNumberField("version", bundle.version());
                        json.writeStringField("created", bundle.created().toString());
                        json.writeStringField("expires", bundle.expires().toString());
                        json.writeStringField("policy", hash);
                        json.writeArrayFieldStart("files");
                        for (String name : bundle.files().keySet()) {
                          json.writeString(name);
                        }
                        json.writeEndArray();
                        json.writeEndObject();
                      }));
    }
  }
}
