package org.airflowappliance.release;

import java.io.IOException;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSignatureGenerator;

/** The secret part of a key, wherever it is kept. */
interface SecretPart {
  /** Begins an OpenPGP signature over a file, by SHA-256. */
  PGPSignatureGenerator begin(PGPPublicKey key) throws PGPException;

  /** The bare signature over bytes: RSA by PKCS #1 v1.5 over SHA-256, or Ed25519. */
  byte[] bare(byte[] data) throws IOException;
}
