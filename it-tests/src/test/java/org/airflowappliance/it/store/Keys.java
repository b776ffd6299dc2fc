package org.airflowappliance.it.store;

/**
 * A pair of S3 keys.
 *
 * @param token of keys that were derived from others; empty for all others
 */
record Keys(String id, String secret, String token) {
  Keys(String id, String secret) {
    this(id, secret, "");
  }
}
