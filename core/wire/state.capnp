# The saved copy of the write state, so that a ledger opens without reading its history from the
# start. It is disposable: whatever is wrong with it, the state is folded from the log again. So,
# unlike event.capnp, this file may change freely, with a new magic (core/wire/state_codec.h).
#
# Numbers, names and times are as in event.capnp.

@0x948da2ef62e12f7d;

using Wire = import "event.capnp";

$Wire.cxxNamespace("robotledger::wire");

struct SavedState {
  size @0 :UInt64;
  # How many events it folds.

  lastTime @1 :Int64;
  # Of the last of them.

  nextAccount @2 :UInt64;
  nextProject @3 :UInt32;
  nextOperator @4 :UInt32;

  root @5 :Data;
  # The root of the Merkle tree of that size, 32 bytes. The copy counts only where the tree agrees.

  origin @6 :Text;
  ledgerId @7 :Data;
  service @8 :Wire.ServiceSettings;

  settings @9 :List(SettingChange);
  # Every change of the system's expiry, in order of sequence; the first is that of event 0.

  projects @10 :List(Project);
  operators @11 :List(Operator);
  accounts @12 :List(Account);
  # The living, in order of their numbers.

  verifierKey @13 :Text;
  # Of event 0, or of the last rollback.

  formerOrigins @14 :List(Text);
  # Those before each rollback, sorted by bytes.
}

struct SettingChange {
  time @0 :Int64;
  sequence @1 :UInt64;
  days @2 :Int32;
}

struct Project {
  id @0 :UInt32;
  name @1 :Text;
}

struct Operator {
  id @0 :UInt32;
  name @1 :Text;
  roles @2 :List(Wire.Role);

  administers @3 :List(UInt32);
  # Projects.

  password @4 :Wire.SecretHash;
  # Null where he has none.
}

struct Account {
  id @0 :UInt64;
  project @1 :UInt32;
  status @2 :Status;
  issuedAt @3 :Int64;

  followsSince @4 :Int64;
  # Since when it follows the system's setting, where it does.

  expiry :union {
    system @5 :Void;
    never @6 :Void;
    days @7 :Int32;
  }

  name @8 :Text;
  permissions @9 :List(Wire.Permission);
  description @10 :Text;

  enum Status {
    enabled @0;
    disabled @1;
  }
}
