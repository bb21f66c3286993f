#include "bench/rocks_rival.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include "bench/harness.h"
#include "core/log/log_layout.h"
#include "core/log/rocks_log_options.h"

namespace robotledger::bench {
namespace {

rocksdb::Slice slice(BytesView bytes) { return {bytes.data(), bytes.size()}; }

void must(const rocksdb::Status& status) {
  if (!status.ok()) fail("the rival: " + status.ToString());
}

}  // namespace

RocksRival::RocksRival(const std::string& directory) {
  rocksdb::Options settings = rocksLogSettings({});
  settings.create_if_missing = true;
  rocksdb::DB* opened = nullptr;
  must(rocksdb::DB::Open(settings, directory, &opened));
  db_.reset(opened);
}

RocksRival::~RocksRival() = default;

void RocksRival::append(const std::vector<BytesView>& entries) {
  rocksdb::WriteBatch batch;
  for (const BytesView entry : entries) {
    batch.Put(slice(bytesOf(recordKey(Sequence{next_++}))), slice(entry));
  }
  rocksdb::WriteOptions options;
  options.sync = true;
  must(db_->Write(options, &batch));
}

void RocksRival::appendOne(BytesView entry) {
  rocksdb::WriteOptions options;
  options.sync = true;
  must(db_->Put(options, slice(bytesOf(recordKey(Sequence{next_++}))), slice(entry)));
}

void RocksRival::put(const std::vector<std::pair<Bytes, Bytes>>& rows) {
  rocksdb::WriteBatch batch;
  for (const auto& [key, value] : rows) batch.Put(slice(key), slice(value));
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  must(db_->Write(options, &batch));
}

void RocksRival::flush() { must(db_->Flush({})); }

void RocksRival::compact() {
  flush();
  must(db_->CompactRange({}, nullptr, nullptr));
}

void RocksRival::scan(BytesView from, BytesView until,
                      const std::function<void(BytesView, BytesView)>& row) const {
  const rocksdb::Slice end = slice(until);
  rocksdb::ReadOptions options;
  options.iterate_upper_bound = &end;
  const std::unique_ptr<rocksdb::Iterator> rows(db_->NewIterator(options));
  for (rows->Seek(slice(from)); rows->Valid(); rows->Next()) {
    row(rows->key().ToStringView(), rows->value().ToStringView());
  }
  must(rows->status());
}

}  // namespace robotledger::bench
