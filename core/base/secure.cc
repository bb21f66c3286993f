#include "core/base/secure.h"

#include <openssl/crypto.h>
#include <sys/prctl.h>
#include <sys/resource.h>

namespace robotledger {

void wipe(std::string& text) {
  // Grown to what it has room for, so that bytes behind its end, of a longer text before, go too.
  text.resize(text.capacity());
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

void wipe(char* bytes, std::size_t count) { OPENSSL_cleanse(bytes, count); }

void keepOutOfCoreFiles() {
  const struct rlimit none { 0, 0 };
  (void)::setrlimit(RLIMIT_CORE, &none);
  (void)::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

}  // namespace robotledger
