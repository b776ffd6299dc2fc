package org.airflowappliance.plan;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;

/**
 * Makes signatures with one OpenPGP key, in OpenPGP's form and bare; the same bytes and time give
 * the same signature.
 */
public interface Signer {
  /** Fingerprint of the key, upper-case hexadecimal digits. */
  String fingerprint();

  /** User id of the key, so that a development key is seen to be one. */
  String userId();

  /** Whether the key is an RSA key: rpm keeps other signatures under another tag. */
  boolean isRsa();

  /** The public key, ASCII-armoured. */
  String publicKey();

  /** A binary detached signature packet over {@code data}. */
  byte[] sign(InputStream data, Instant time) throws IOException;

  /** An ASCII-armoured detached signature over {@code data}. */
  String signArmored(InputStream data, Instant time) throws IOException;

  /**
   * The bare signature over {@code data}, as tools take it that know no OpenPGP (cosign, DSSE): RSA
   * by PKCS #1 v1.5 over SHA-256, or Ed25519.
   */
  byte[] signBare(byte[] data) throws IOException;
}
