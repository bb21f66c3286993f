// The keys of RFC 8032, section 7.1, tests 1 and 2, as a log's and a witness's; a checkpoint that
// Go's golang.org/x/mod/sumdb/note signed with the first, and what the second says of it.
#pragma once

#include <memory>
#include <string>

#include "core/base/base64.h"
#include "core/merkle/signing_key.h"

namespace robotledger {

inline constexpr char kLogName[] = "ledger.example/robots";
inline constexpr char kLogPem[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
    "-----END PRIVATE KEY-----\n";
inline constexpr char kLogVerifierKey[] =
    "ledger.example/robots+951a0bec+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea";

inline constexpr char kWitnessName[] = "witness.example/w1";
inline constexpr char kWitnessPem[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n"
    "-----END PRIVATE KEY-----\n";
inline constexpr char kWitnessVerifierKey[] =
    "witness.example/w1+04d2d833+BD1AF8PoQ4lakrcKp00bfrycmCzPLsSWjMDNVfEq9GYM";
inline constexpr std::uint64_t kWitnessTime = 1700000000;

// Of the tree of "entry-0" to "entry-6".
inline constexpr char kCheckpointText[] =
    "ledger.example/robots\n"
    "7\n"
    "kTlgHMHKirKnoMLBNMBIRfKxulSag9bIRc/NpDnMWF0=\n";
inline constexpr char kLogLine[] =
    "— ledger.example/robots "
    "lRoL7KvMWhJF1CV0nnHBTPPu0Uu44G9nZREO+582Y72gtgemaQffn7LAdbdebZHqRFCM9pxRC2"
    "g5W1IIamcEup3IDwM=\n";
inline constexpr char kWitnessLine[] =
    "— witness.example/w1 "
    "BNLYMwAAAABlU/EAnYMQL932sAgGaO6Yy0sePDALWACQPYXxpXkoBazM7I4lY410/dg6DeHlMINk"
    "AlCHl2IUG0Qhi8j5W4R998bmDw==\n";

inline const std::string kSignedCheckpoint = std::string(kCheckpointText) + "\n" + kLogLine;
inline const std::string kWitnessedCheckpoint = kSignedCheckpoint + kWitnessLine;

inline std::unique_ptr<SigningKey> logKey() { return *SigningKey::fromPem(kLogName, kLogPem); }
// Its key pair; what a witness makes of it has another type, see cosignatureKey().
inline std::unique_ptr<SigningKey> witnessKey() {
  return *SigningKey::fromPem(kWitnessName, kWitnessPem);
}

inline VerifierKey cosignatureKey(const SigningKey& key) {
  VerifierKey verifier = key.verifierKey();
  verifier.type = KeyType::kCosignature;
  return verifier;
}

// A line of signature of any kind.
inline std::string signatureLine(const std::string& name, std::uint32_t id, BytesView signature) {
  Bytes bytes;
  putBigEndian32(bytes, id);
  return "— " + name + " " + toBase64(bytes + Bytes(signature)) + "\n";
}

// The line that a witness appends at that time, as C2SP tlog-cosignature says.
inline std::string cosignatureLine(const std::string& text, std::uint64_t time_s,
                                   const SigningKey& key) {
  Bytes payload;
  putBigEndian64(payload, time_s);
  payload += *key.sign("cosignature/v1\ntime " + std::to_string(time_s) + "\n" + text);
  return signatureLine(key.verifierKey().name, keyId(cosignatureKey(key)), payload);
}

}  // namespace robotledger
