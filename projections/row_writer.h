// RowWriter: writes batches of rows in order, on a thread of its own, while the next ones are made.
//
//   RowWriter writer(rows);
//   writer.write(std::move(batch));                       // soon
//   if (auto written = writer.finish(); !written) ...     // all of them are
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "core/base/result.h"
#include "projections/row_store.h"

namespace robotledger {

// One thread uses it; nobody else writes to the store before finish().
class RowWriter {
 public:
  // The store outlives this.
  explicit RowWriter(RowStore& rows);
  RowWriter(const RowWriter&) = delete;
  RowWriter& operator=(const RowWriter&) = delete;
  // Writes what waits.
  ~RowWriter();

  // Waits while several batches wait already. After a failure nothing more is written.
  void write(RowBatch batch);

  // Waits until all is written. The first failure there was.
  Result<void> finish();

 private:
  void work();

  RowStore& rows_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // All of these are guarded by mutex_.
  std::deque<RowBatch> waiting_;
  bool busy_ = false;
  bool stopping_ = false;
  Result<void> failed_;

  std::thread thread_;  // the last: it uses all of the above
};

}  // namespace robotledger
