#include "core/log/log_store.h"

#include <cstring>

#include "core/base/random.h"

namespace robotledger {

Result<BatchId> newBatchId() {
  BatchId id;
  auto bytes = randomBytes(id.size());
  if (!bytes) return bytes.error();
  std::memcpy(id.data(), bytes->data(), id.size());
  return id;
}

}  // namespace robotledger
