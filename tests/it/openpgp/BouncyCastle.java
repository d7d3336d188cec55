// Messages by Bouncy Castle, the OpenPGP library that Java programs use; what Fusion runs is one.
//
//     java -cp bcpg.jar:bcprov.jar BouncyCastle.java FOLDER < PLAN
//
// makes a signing key (FOLDER/bouncy-castle.asc) and for each line of the plan FOLDER/NAME.pgp, with FOLDER/text in it:
//
//     NAME CIPHER CONTAINER COMPRESSION FORM LENGTH HASH RECIPIENT[,RECIPIENT…]
//
// CIPHER, COMPRESSION and HASH are OpenPGP's numbers (HASH 0: unsigned). CONTAINER is 9, 18, 20-eax or 20-ocb; FORM binary or
// armored; LENGTH known, partial or old; a RECIPIENT is a file with a public key.

import java.io.*;
import java.math.BigInteger;
import java.nio.file.*;
import java.security.SecureRandom;
import java.util.*;
import org.bouncycastle.bcpg.*;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.crypto.generators.RSAKeyPairGenerator;
import org.bouncycastle.crypto.params.RSAKeyGenerationParameters;
import org.bouncycastle.openpgp.*;
import org.bouncycastle.openpgp.operator.bc.*;

public class BouncyCastle {
    static Path folder;
    static byte[] text;
    static PGPKeyPair signer;
    static final Map<String, PGPPublicKey> recipients = new HashMap<>();

    public static void main(String[] arguments) throws Exception {
        folder = Path.of(arguments[0]);
        text = Files.readAllBytes(folder.resolve("text"));
        makeSigner();
        BufferedReader plan = new BufferedReader(new InputStreamReader(System.in));
        for (String line = plan.readLine(); line != null; line = plan.readLine()) {
            make(line.split(" "));
        }
    }

    static void makeSigner() throws Exception {
        RSAKeyPairGenerator rsa = new RSAKeyPairGenerator();
        rsa.init(new RSAKeyGenerationParameters(BigInteger.valueOf(65537), new SecureRandom(), 2048, 100));
        signer = new BcPGPKeyPair(PublicKeyAlgorithmTags.RSA_GENERAL, rsa.generateKeyPair(), new Date());
        PGPSignatureSubpacketGenerator flags = new PGPSignatureSubpacketGenerator();
        flags.setKeyFlags(false, KeyFlags.CERTIFY_OTHER | KeyFlags.SIGN_DATA);
        PGPKeyRingGenerator ring = new PGPKeyRingGenerator(
            PGPSignature.POSITIVE_CERTIFICATION, signer, "fusion", new BcPGPDigestCalculatorProvider().get(HashAlgorithmTags.SHA1),
            flags.generate(), null,
            new BcPGPContentSignerBuilder(PublicKeyAlgorithmTags.RSA_GENERAL, HashAlgorithmTags.SHA256), null);
        try (OutputStream out = new ArmoredOutputStream(Files.newOutputStream(folder.resolve("bouncy-castle.asc")))) {
            ring.generatePublicKeyRing().encode(out);
        }
    }

    static void make(String[] words) throws Exception {
        byte[] inner = compressed(Integer.parseInt(words[3]), Integer.parseInt(words[6]));
        BcPGPDataEncryptorBuilder cipher = new BcPGPDataEncryptorBuilder(Integer.parseInt(words[1]));
        switch (words[2]) {
            case "9" -> cipher.setWithIntegrityPacket(false);
            case "18" -> cipher.setWithIntegrityPacket(true);
            case "20-eax" -> cipher.setWithAEAD(AEADAlgorithmTags.EAX, 6);
            case "20-ocb" -> cipher.setWithAEAD(AEADAlgorithmTags.OCB, 6);
            default -> throw new IllegalArgumentException(words[2]);
        }
        PGPEncryptedDataGenerator encryption = new PGPEncryptedDataGenerator(cipher, words[5].equals("old"));
        for (String file : words[7].split(",")) {
            encryption.addMethod(new BcPublicKeyKeyEncryptionMethodGenerator(recipient(file)));
        }
        try (OutputStream file = Files.newOutputStream(folder.resolve(words[0] + ".pgp"));
             OutputStream out = words[4].equals("armored") ? new ArmoredOutputStream(file) : file;
             OutputStream encrypted = words[5].equals("partial")
                 ? encryption.open(out, new byte[512]) : encryption.open(out, inner.length)) {
            encrypted.write(inner);
        }
    }

    static byte[] compressed(int algorithm, int hash) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (algorithm == CompressionAlgorithmTags.UNCOMPRESSED) {
            write(bytes, hash);
        } else {
            try (OutputStream compressed = new PGPCompressedDataGenerator(algorithm).open(bytes)) {
                write(compressed, hash);
            }
        }
        return bytes.toByteArray();
    }

    /** The text as a literal packet, between a one-pass packet and its signature. */
    static void write(OutputStream out, int hash) throws Exception {
        PGPSignatureGenerator signature = null;
        if (hash != 0) {
            signature = new PGPSignatureGenerator(
                new BcPGPContentSignerBuilder(PublicKeyAlgorithmTags.RSA_GENERAL, hash));
            signature.init(PGPSignature.BINARY_DOCUMENT, signer.getPrivateKey());
            signature.generateOnePassVersion(false).encode(out);
            signature.update(text);
        }
        PGPLiteralDataGenerator literal = new PGPLiteralDataGenerator();
        OutputStream content = literal.open(out, PGPLiteralData.BINARY, "Person.csv", text.length, new Date());
        content.write(text);
        literal.close();
        if (signature != null) {
            signature.generate().encode(out);
        }
    }

    static PGPPublicKey recipient(String file) throws Exception {
        if (!recipients.containsKey(file)) {
            try (InputStream in = PGPUtil.getDecoderStream(Files.newInputStream(folder.resolve(file)))) {
                PGPPublicKeyRing ring = new PGPPublicKeyRing(in, new BcKeyFingerprintCalculator());
                for (PGPPublicKey key : ring) {
                    if (key.isEncryptionKey() && !key.isMasterKey()) {
                        recipients.put(file, key);
                    }
                }
            }
        }
        return recipients.get(file);
    }
}
