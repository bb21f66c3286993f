// What every LogStore refuses in the same words, whatever it keeps its records in.
//
//   if (auto refused = refuseAppend(head, closed, expected, batch)) return *refused;
//
// All functions: any thread.
#pragma once

#include <optional>
#include <string>

#include "core/log/log_store.h"

namespace robotledger {

// Whether the store takes appends; it does not after an unknown ending.
enum class AppendState { kOpen, kClosed };

// An outcome where the batch must not be tried: the store is closed, the batch is out of bounds, or
// the log has another size. Nothing where it may be written.
std::optional<AppendOutcome> refuseAppend(const LogHead& head, AppendState state, TreeSize expected,
                                          const LogBatch& batch);

// kNotFound for a sequence at or past the end.
std::optional<Error> refuseRead(const LogHead& head, Sequence sequence);

// kInvalidArgument for a range that is not one of the log's.
std::optional<Error> refuseScan(const LogHead& head, Sequence from, TreeSize until);

// kInvalidArgument and kNotFound as hashTile() says.
std::optional<Error> refuseTile(const LogHead& head, unsigned level, std::uint64_t index,
                                unsigned width);

// "record 7 …", kDamaged.
Error damagedRecord(Sequence sequence, const std::string& what);
// "tile 1/7 …", kDamaged.
Error damagedTile(unsigned level, std::uint64_t index, const std::string& what);

// Nothing where the entry has the leaf hash that is stored with it, else kDamaged with both.
std::optional<Error> checkEntry(Sequence sequence, const Digest& stored, BytesView entry);

}  // namespace robotledger
