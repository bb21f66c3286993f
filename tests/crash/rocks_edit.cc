// Changes rows of a database of ours as another program could, which knows nothing of hashes: for
// the tests of the command line.
//
//   rocks_edit DIR list                  KEY VALUE on each line, in hexadecimal
//   rocks_edit DIR put KEY VALUE
//   rocks_edit DIR delete KEY
//   rocks_edit DIR apply                 lines of "put KEY VALUE" and "delete KEY", all at once
#include <cstdio>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include "core/base/bytes.h"

namespace {

using robotledger::fromHex;
using robotledger::toHex;

// False for a line of no sense.
bool add(rocksdb::WriteBatch& batch, const std::string& what, const std::string& key,
         const std::string& value) {
  const auto key_bytes = fromHex(key);
  const auto value_bytes = fromHex(value);
  if (!key_bytes || !value_bytes) return false;
  if (what == "put") return batch.Put(*key_bytes, *value_bytes).ok();
  return what == "delete" && batch.Delete(*key_bytes).ok();
}

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
  rocksdb::WriteBatch batch;
  if (what == "apply") {
    for (std::string line; std::getline(std::cin, line);) {
      std::istringstream words(line);
      std::string verb, changed, to;
      words >> verb >> changed >> to;
      if (!add(batch, verb, changed, to)) return 2;
    }
  } else if (!add(batch, what, key, value)) {
    return 2;
  }
  return db.Write({}, &batch).ok() ? 0 : 1;
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
