package org.airflowappliance.kickstart;

import java.io.InputStream;
import java.time.Instant;
import org.airflowappliance.plan.Signer;

/** A key whose texts are the same in every run; it signs nothing. */
record FixedKey() implements Signer {
  @Override
  public String fingerprint() {
    return "0123456789ABCDEF0123456789ABCDEF01234567";
  }

  @Override
  public String userId() {
    return "key of the tests";
  }

  @Override
  public boolean isRsa() {
    return true;
  }

  @Override
  public String publicKey() {
    return "the public key, armoured\n";
  }

  @Override
  public byte[] sign(InputStream data, Instant time) {
    throw new UnsupportedOperationException("a kickstart is not signed");
  }

  @Override
  public String signArmored(InputStream data, Instant time) {
    throw new UnsupportedOperationException("a kickstart is not signed");
  }

  @Override
  public byte[] signBare(byte[] data) {
    throw new UnsupportedOperationException("a kickstart is not signed");
  }
}
