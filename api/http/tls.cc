#include "api/http/tls.h"

#include <kj/compat/tls.h>
#include <kj/exception.h>

#include "core/base/bytes.h"
#include "core/base/files.h"
#include "core/base/secure.h"

namespace robotledger::http {
namespace {

constexpr std::size_t kMaxTlsFileBytes = std::size_t{1} << 20;

}  // namespace

TlsKeys::TlsKeys(std::string certificate_file, std::string key_file)
    : certificate_file_(std::move(certificate_file)), key_file_(std::move(key_file)) {}
TlsKeys::~TlsKeys() = default;

Result<std::unique_ptr<TlsKeys>> TlsKeys::load(std::string certificate_file, std::string key_file) {
  std::unique_ptr<TlsKeys> keys(new TlsKeys(std::move(certificate_file), std::move(key_file)));
  if (auto loaded = keys->reload(); !loaded) return loaded.error();
  return keys;
}

Result<void> TlsKeys::reload() {
  const auto certificate = readFile(certificate_file_, kMaxTlsFileBytes);
  if (!certificate) return certificate.error();
  auto key = readFile(key_file_, kMaxTlsFileBytes);
  if (!key) return key.error();
  std::shared_ptr<kj::TlsContext> made;
  std::string wrong = certificate_file_ + " has no certificate in PEM";
  const auto failed = kj::runCatchingExceptions([&] {
    kj::TlsCertificate chain(kj::StringPtr(certificate->c_str(), certificate->size()));
    wrong = key_file_ + " has no key in PEM, without a password";
    kj::TlsPrivateKey private_key(kj::StringPtr(key->c_str(), key->size()));
    wrong = key_file_ + " is not the key of the first certificate in " + certificate_file_;
    const kj::TlsKeypair pair{kj::mv(private_key), kj::mv(chain)};
    kj::TlsContext::Options options;
    options.useSystemTrustStore = false;
    options.minVersion = kj::max(kj::TlsVersion::TLS_1_2, options.minVersion);
    options.defaultKeypair = pair;
    made = std::make_shared<kj::TlsContext>(kj::mv(options));
  });
  wipe(*key);
  if (failed != nullptr) return Error{ErrorCode::kInvalidArgument, std::move(wrong)};
  const std::lock_guard lock(mutex_);
  context_ = std::move(made);
  return {};
}

std::shared_ptr<kj::TlsContext> TlsKeys::context() const {
  const std::lock_guard lock(mutex_);
  return context_;
}

}  // namespace robotledger::http
