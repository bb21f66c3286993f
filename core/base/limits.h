// Every bound of the ledger, in one place.
#pragma once

#include <cstddef>
#include <cstdint>

namespace robotledger {

// Names and texts, in bytes.
inline constexpr std::size_t kMaxNameBytes = 255;
inline constexpr std::size_t kMaxTextBytes = 1024;  // a description, a reason
inline constexpr std::size_t kMaxIdempotencyKeyBytes = 128;
inline constexpr std::size_t kMaxRequestIdBytes = 128;

// Permissions in one command, and on one account.
inline constexpr std::size_t kMaxPermissions = 500;

// Days of an expiry or of the system's setting.
inline constexpr std::int64_t kMinDays = 1;
inline constexpr std::int64_t kMaxDays = 2147483646;
inline constexpr std::int64_t kDefaultSystemDays = 30;

// How long a token of the service may live; and by how much registries let clocks differ.
inline constexpr std::int32_t kMinTokenLifetimeSeconds = 60;
inline constexpr std::int32_t kMaxTokenLifetimeSeconds = 3600;
inline constexpr std::int32_t kRegistrySkewSeconds = 60;

// An event's stored bytes: a tile's entry bundle has 16 bits for the length.
inline constexpr std::size_t kMaxEntryBytes = 65535;

// A signed note, and a proof file that carries one. Signatures that quantum computers do not break
// have 5 KB each.
inline constexpr std::size_t kMaxNoteBytes = std::size_t{1} << 20;
inline constexpr std::size_t kMaxNoteSignatures = 100;
// A private key in PEM; one of Ed25519 has 119 bytes.
inline constexpr std::size_t kMaxPemBytes = 4096;
// A verifier key as text; one of Ed25519 has its name and 54 bytes.
inline constexpr std::size_t kMaxVerifierKeyBytes = 512;

// Events that a bundle of evidence may prove one by one; what rests on more is asked in parts.
inline constexpr std::size_t kMaxEvidenceEvents = 100000;

// A saved copy of the state: some 300 bytes an account. What is longer is none, and the state is
// read from the log.
inline constexpr std::size_t kMaxSavedStateBytes = std::size_t{1} << 30;

// A line of a history file, its newline not counted.
inline constexpr std::size_t kMaxHistoryLineBytes = std::size_t{1} << 20;

// The writer.
inline constexpr std::size_t kMaxQueuedCommands = 65536;   // waiting for the writer
inline constexpr std::size_t kMaxBatchEvents = 4096;       // in one synced write, softly
inline constexpr std::size_t kMaxKeyedCommands = 1000000;  // idempotency keys remembered
inline constexpr std::int64_t kIdempotencyWindowUs = std::int64_t{24} * 3600 * 1000000;
inline constexpr std::int64_t kClockLeapUs = std::int64_t{24} * 3600 * 1000000;

// Events that the projections may be behind the log before the writer waits for them.
inline constexpr std::size_t kMaxProjectionLag = 65536;

}  // namespace robotledger
