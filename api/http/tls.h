// The certificate and the key of a server, from files in PEM, read again when they are asked to be.
//
//   auto keys = TlsKeys::load("cert.pem", "key.pem");
//   if (!keys) return keys.error();
//   (*keys)->reload();                     // new connections have the new pair
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "core/base/instant.h"
#include "core/base/result.h"

namespace kj {
class TlsContext;
}

namespace robotledger::http {

class TlsKeys {
 public:
  // The certificate with those that it was signed by, the server's own first, and its key without a
  // password. kNotFound, kInvalidArgument or kIo where they cannot be read, are none, or do not
  // belong together.
  static Result<std::unique_ptr<TlsKeys>> load(std::string certificate_file, std::string key_file);
  ~TlsKeys();

  // Any thread. Where it fails, the pair before stays.
  Result<void> reload();
  // When the certificate ends. Any thread.
  Instant end() const;
  // Internal: for the event loops. Any thread. TLS 1.2 and later.
  std::shared_ptr<kj::TlsContext> context() const;

 private:
  TlsKeys(std::string certificate_file, std::string key_file);

  const std::string certificate_file_;
  const std::string key_file_;
  mutable std::mutex mutex_;
  std::shared_ptr<kj::TlsContext> context_;  // guarded by mutex_
  Instant ends_;                             // the same
};

}  // namespace robotledger::http
