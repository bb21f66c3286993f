// The file with a ledger's signing key: made once, read by the one process that writes.
//
//   auto key = makeLogKey("ledger/keys/log-key.pem", "ledger.example/robots");
//   auto key = readLogKey("ledger/keys/log-key.pem", "ledger.example/robots");
//
// Unencrypted PKCS#8 in PEM, as 'openssl genpkey -algorithm ed25519' writes it too, mode 0600. Who
// can read the file can sign histories that never were: one that others than its owner can read is
// refused. All functions: any thread.
#pragma once

#include <memory>
#include <string>

#include "core/base/result.h"
#include "core/merkle/signing_key.h"

namespace robotledger {

// Makes a key and the file, durably; no link is followed. kInvalidArgument where there is a file
// already, or the name is no key's; kIo where the system fails, and then there is no file.
Result<std::unique_ptr<SigningKey>> makeLogKey(const std::string& path, const std::string& name);

// kNotFound where there is no file; kInvalidArgument where it is no private key, or others than its
// owner may read it; kIo where the system fails.
Result<std::unique_ptr<SigningKey>> readLogKey(const std::string& path, const std::string& name);

}  // namespace robotledger
