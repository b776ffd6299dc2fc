package org.airflowappliance.bucket;

/**
 * A pair of keys of the object store.
 *
 * @param place where the operator gave the access key, such as {@code secrets.env S3_ACCESS_KEY_ID}
 * @param id access key
 * @param secret secret key
 */
public record StoreKeys(String place, String id, String secret) {
  /** A record would print the secret. */
  @Override
  public String toString() {
    return place;
  }
}
