// Changes rows of a database of ours as another program could, which knows nothing of hashes: for
// the tests of the command line.
//
//   rocks_edit DIR list                  KEY VALUE on each line, in hexadecimal
//   rocks_edit DIR put KEY VALUE
//   rocks_edit DIR delete KEY
#include <cstdio>
#include <memory>
#include <string>

#include <rocksdb/db.h>

#include "core/base/bytes.h"

namespace {

using robotledger::fromHex;
using robotledger::toHex;

int edit(rocksdb::DB& db, const std::string& what, const std::string& key,
         const std::string& value) {
  if (what == "list") {
    const std::unique_ptr<rocksdb::Iterator> rows(db.NewIterator({}));
    for (rows->SeekToFirst(); rows->Valid(); rows->Next()) {
      std::printf("%s %s\n", toHex(rows->key().ToStringView()).c_str(),
                  toHex(rows->value().ToStringView()).c_str());
    }
    return rows->status().ok() ? 0 : 1;
  }
  const auto key_bytes = fromHex(key);
  const auto value_bytes = fromHex(value);
  if (!key_bytes || !value_bytes) return 2;
  if (what == "put") return db.Put({}, *key_bytes, *value_bytes).ok() ? 0 : 1;
  if (what == "delete") return db.Delete({}, *key_bytes).ok() ? 0 : 1;
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  rocksdb::DB* opened = nullptr;
  const auto status = rocksdb::DB::Open({}, argv[1], &opened);
  const std::unique_ptr<rocksdb::DB> db(opened);
  if (!status.ok()) {
    std::fprintf(stderr, "%s\n", status.ToString().c_str());
    return 1;
  }
  return edit(*db, argv[2], argc > 3 ? argv[3] : "", argc > 4 ? argv[4] : "");
}
