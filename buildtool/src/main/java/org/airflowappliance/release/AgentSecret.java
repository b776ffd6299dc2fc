package org.airflowappliance.release;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import org.airflowappliance.file.Tally;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPrivateKey;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureGenerator;
import org.bouncycastle.openpgp.operator.PGPContentSigner;
import org.bouncycastle.util.BigIntegers;

/**
 * A secret part that stays with gpg-agent, be it in its files or on a card: the agent is given
 * digests and gives back RSA signatures, which are the ones that a file's key would make.
 *
 * @param grip by which the agent knows the key
 * @param bytes of the key's modulus, and so of a signature
 * @param gpg the programs
 */
record AgentSecret(String grip, int bytes, Gpg gpg) implements SecretPart {
  /** How the agent's answer says that a number of so many bytes follows. */
  private static final String NUMBER = "(1:s";

  @Override
  public PGPSignatureGenerator begin(PGPPublicKey key) throws PGPException {
    PGPSignatureGenerator generator =
        new PGPSignatureGenerator((type, none) -> new Content(this, type, key.getKeyID()), key);
    // the generator asks for the public half only
    generator.init(
        PGPSignature.BINARY_DOCUMENT,
        new PGPPrivateKey(key.getKeyID(), key.getPublicKeyPacket(), null));
    return generator;
  }

  @Override
  public byte[] bare(byte[] data) throws IOException {
    return signed(Tally.digest("SHA-256").digest(data));
  }

  private byte[] signed(byte[] digest) throws IOException {
    Path answer = Files.createTempFile("appliance-sign-", "");
    try {
      String said =
          gpg.agent(
              "/datafile " + answer,
              "SIGKEY " + grip,
              "SETHASH --hash=sha256 " + HexFormat.of().formatHex(digest),
              "PKSIGN",
              "/bye");
      return number(Files.readAllBytes(answer))
          // a number may come with a zero before it or without one; a signature has one length
          .map(number -> BigIntegers.asUnsignedByteArray(bytes, new BigInteger(1, number)))
          .orElseThrow(
              () ->
                  new IllegalKey(
                      "gpg-agent does not sign with key grip %s (%s); unlock the key, or let the agent ask for its passphrase"
                          .formatted(grip, said.strip().replace("\n", "; "))));
    } finally {
      Files.delete(answer);
    }
  }

  /** The signature in an answer of the form {@code (7:sig-val(3:rsa(1:s512:…)))}. */
  private static Optional<byte[]> number(byte[] answer) {
    String text = new String(answer, StandardCharsets.ISO_8859_1);
    int length = text.indexOf(NUMBER) + NUMBER.length();
    int from = text.indexOf(':', length) + 1;
    if (length < NUMBER.length() || from == 0) {
      return Optional.empty();
    }
    int to = from + Integer.parseInt(text.substring(length, from - 1));
    return Optional.of(text.substring(from, to).getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Collects the digest of one signature and asks for it once. */
  private static final class Content implements PGPContentSigner {
    private final AgentSecret secret;
    private final int type;
    private final long keyId;
    private final MessageDigest sum = Tally.digest("SHA-256");
    private byte[] digest;

    Content(AgentSecret secret, int type, long keyId) {
      this.secret = secret;
      this.type = type;
      this.keyId = keyId;
    }

    @Override
    public OutputStream getOutputStream() {
      return new DigestOutputStream(OutputStream.nullOutputStream(), sum);
    }

    @Override
    public byte[] getDigest() {
      if (digest == null) {
        digest = sum.digest();
      }
      return digest.clone();
    }

    @Override
    public byte[] getSignature() {
      try {
        return secret.signed(getDigest());
      } catch (IOException problem) {
        throw new UncheckedIOException(problem);
      }
    }

    @Override
    public int getType() {
      return type;
    }

    @Override
    public int getHashAlgorithm() {
      return HashAlgorithmTags.SHA256;
    }

    @Override
    public int getKeyAlgorithm() {
      return PublicKeyAlgorithmTags.RSA_GENERAL;
    }

    @Override
    public long getKeyID() {
      return keyId;
    }
  }
}
