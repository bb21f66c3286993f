// prove: that one event is in the log, or that the log of then is the beginning of the log of now.
#include "core/base/files.h"
#include "core/ledger/saved_state.h"
#include "core/merkle/consistency_proof.h"
#include "core/merkle/proof.h"
#include "core/merkle/tlog_proof.h"
#include "tools/robotledger/commands.h"
#include "tools/robotledger/question.h"

namespace robotledger {
namespace {

struct ProveOptions {
  std::optional<std::int64_t> sequence;
  std::vector<std::int64_t> sizes;  // OLD and NEW
  std::string out;
  std::string entry;
};

HashTileReader tilesOf(const LogStore& log) { return std::bind_front(&LogStore::hashTile, &log); }

int deliver(Session& session, const std::string& out, const std::string& proof) {
  if (out.empty()) {
    if (session.json()) {
      printJson({{"proof", proof}});
    } else {
      printText(proof);
    }
    return kExitDone;
  }
  if (auto written = writeNewFile(out, proof); !written) return fail(written.error());
  if (session.json()) {
    printJson({{"file", out}});
  } else {
    print("Wrote the proof to {}.\n", out);
  }
  return kExitDone;
}

// Whether the operator may read the event; its entry in any case.
Result<std::variant<Refusal, Bytes>> entryFor(Asking& asking, Sequence sequence) {
  auto entry = asking.view().log->read(sequence);
  if (!entry) return entry.error();
  const auto event = eventOf(sequence, *entry);
  if (!event) return event.error();
  const auto refusal = asking.needEvent(*event);
  if (!refusal) return refusal.error();
  if (*refusal) return std::variant<Refusal, Bytes>(**refusal);
  return std::variant<Refusal, Bytes>(*std::move(entry));
}

int proveEvent(Session& session, const ProveOptions& options) {
  return ask(session, [&](Asking& asking, LedgerAccess& ledger) -> Result<int> {
    const View& view = asking.view();
    const std::int64_t asked = *options.sequence;
    if (asked < 0 || static_cast<std::uint64_t>(asked) >= view.size.value) {
      return misuse(
          fmt::format("there is no event {}: they are 0 to {}", asked, view.last().value));
    }
    const Sequence sequence{static_cast<std::uint64_t>(asked)};
    const auto entry = entryFor(asking, sequence);
    if (!entry) return entry.error();
    if (const auto* refusal = std::get_if<Refusal>(&*entry)) return refuse(session, *refusal);
    const auto made = ledger.checkpoint();
    if (!made) return made.error();
    auto path = proveInclusion(sequence, made->checkpoint.size, tilesOf(ledger.log()));
    if (!path) return path.error();
    const TlogProof proof{
        .index = sequence, .path = *std::move(path), .checkpoint = made->note, .extra = {}};
    const Bytes& bytes = std::get<Bytes>(*entry);
    // A proof that fails would be found by whoever checks it, and the damage is here.
    if (auto good = checkTlogProof(proof, bytes, *ledger.verifierKey()); !good) {
      return good.error();
    }
    if (!options.entry.empty()) {
      if (auto written = writeNewFile(options.entry, bytes); !written) return written.error();
    }
    return deliver(session, options.out, formatTlogProof(proof));
  });
}

int proveConsistencyOf(Session& session, const ProveOptions& options) {
  const auto ledger = session.open();
  if (!ledger) return fail(ledger.error());
  const LogHead head = (*ledger)->log().head();
  const std::int64_t old_size = options.sizes[0];
  const std::int64_t new_size = options.sizes[1];
  if (old_size < 1 || new_size < old_size ||
      static_cast<std::uint64_t>(new_size) > head.size.value) {
    return misuse(
        fmt::format("--consistency takes two numbers of events, the older first, from 1 "
                    "to {}",
                    head.size.value));
  }
  const auto made = (*ledger)->checkpointAt(TreeSize{static_cast<std::uint64_t>(new_size)});
  if (!made) return fail(made.error());
  const TreeSize from{static_cast<std::uint64_t>(old_size)};
  auto path = proveConsistency(from, made->checkpoint.size, tilesOf((*ledger)->log()));
  if (!path) return fail(path.error());
  return deliver(session, options.out,
                 formatConsistencyProof({from, *std::move(path), made->note}));
}

int runProve(Session& session, const ProveOptions& options) {
  if (options.sequence.has_value() == !options.sizes.empty()) {
    return misuse("say what to prove: SEQUENCE, or --consistency OLD NEW");
  }
  if (options.sequence) return proveEvent(session, options);
  if (!options.entry.empty()) return misuse("--entry goes with SEQUENCE");
  return proveConsistencyOf(session, options);
}

}  // namespace

void addProveCommand(CLI::App& app, Session& session, int& exit_code) {
  auto options = std::make_shared<ProveOptions>();
  CLI::App* command = app.add_subcommand(
      "prove", "That an event is in the log, or that nothing before was changed");
  addNumberOption(command, "SEQUENCE", options->sequence, "The event's place in the log");
  command
      ->add_option("--consistency", options->sizes,
                   "That the log of OLD events is the beginning of that of NEW")
      ->expected(2)
      ->type_name("OLD NEW");
  command->add_option("--out", options->out, "A new file for the proof (printed by default)")
      ->check(notEmpty())
      ->type_name("FILE");
  command
      ->add_option("--entry", options->entry,
                   "A new file for the event's bytes, as they are hashed")
      ->check(notEmpty())
      ->type_name("FILE");
  command->footer(
      "The proof of an event is a C2SP tlog-proof: its path in the Merkle tree, and a signed\n"
      "checkpoint. The other is what a C2SP tlog-witness is sent: the old size, the path, and the\n"
      "new checkpoint. 'robotledger check-proof' checks both, without a ledger.\n\n"
      "  robotledger prove 5312 --out 5312.tlog-proof --entry 5312.entry\n"
      "  robotledger prove --consistency 4000 5312");
  whenChosen(command, exit_code, [&session, options] { return runProve(session, *options); });
}

}  // namespace robotledger
