#include "core/base/random.h"

#include <openssl/rand.h>

namespace robotledger {

Result<Bytes> randomBytes(std::size_t count) {
  Bytes bytes(count, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1) {
    return Error{ErrorCode::kIo, "the system's random source gave nothing"};
  }
  return bytes;
}

}  // namespace robotledger
