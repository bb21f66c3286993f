# What a robotledger entry says.
#
# An entry of the log is one Event in Cap'n Proto's canonical form: a single segment, objects in
# preorder, trailing zeros cut off, not packed, without a segment table. Its SHA-256 leaf hash is
# over these bytes as they are stored. To read one:
#
#     capnp decode --flat event.capnp Event < entry.bin
#
# This file needs no other. A field that the output leaves out has its default: zero, empty, the
# first enumerant. Times are microseconds since 1970-01-01T00:00:00Z, UTC, without leap seconds.
#
# Accounts, projects and operators have numbers that count up from 1 and are never used again; 0
# means none. The names of accounts and projects stand in the events that create them and never
# change; operators are named by their names.
#
# How this file may change. Entries are hashed, signed and kept for ever, so:
#   1. Additive only. New fields, arms and enumerants come with the next free ordinal, at the end.
#   2. A changed meaning is a new event: a new arm of `body`, beside the old one.
#   3. No ordinal is ever used again, moved, renumbered or given another type.
#   4. Renaming is allowed while the meaning stays; the bytes hold no names.
#   5. A new field's zero has to mean what its absence meant before.
#   6. The golden files (tests/golden/events) are never regenerated: one that no longer matches
#      says that this file was changed in a way that is not allowed.
# Fields are in the order in which they are mostly there, since canonical form cuts off what is
# absent at the end of an object.

@0xc095d7ba1bde0feb;

annotation cxxNamespace @0xb9c6f99ebf805f2c (file) :Text;
# The annotation `namespace` of Cap'n Proto's own c++.capnp, by its id, so that this file can be
# read where only the capnp tool is installed.

$cxxNamespace("robotledger::wire");

struct Event {
  # The envelope, the same for every kind, and the body.

  sequence @0 :UInt64;
  # The place in the log, dense, from 0; also the leaf index in the Merkle tree.

  time @1 :Int64;
  # When it happened; never before the event before it. Event 0 has the time 0.

  recordedAt @2 :Int64;
  # What the system's clock said when it was written. For a history that was imported, `time` is
  # what the history claims and this is when the ledger learned of it.

  actor @3 :Text;
  # The operator who did it, by name. Empty for the ledger's own first event.

  channel :union {
    # By which way the command came.

    ledgerItself @4 :Void;
    # Nobody's command: the ledger's own first event.

    commandLine @5 :CommandLine;

    http :group {
      address @6 :Text;
      # The address of the client.
    }

    import :group {
      # Taken from a history file and not witnessed: the ledger vouches for the file's hash, not
      # for what the file says.

      opened @7 :UInt64;
      # The sequence of the historyImported event that names the file and the importer.

      line @8 :UInt64;
      # The line in that file, from 1.
    }

    embedder :group {
      program @9 :Text;
      # What the program that embeds the library calls itself.
    }
  }

  body :union {
    # What happened.

    ledgerInitialized @10 :LedgerInitialized;
    historyImported @11 :HistoryImported;
    projectCreated @12 :ProjectCreated;
    projectDeleted @13 :ProjectDeleted;
    accountCreated @14 :AccountCreated;
    permissionsGranted @15 :PermissionsGranted;
    permissionsRevoked @16 :PermissionsRevoked;
    accountDisabled @17 :AccountDisabled;
    accountEnabled @18 :AccountEnabled;
    accountDeleted @19 :AccountDeleted;
    accountRenewed @20 :AccountRenewed;
    accountExpiryChanged @21 :AccountExpiryChanged;
    accountDescribed @22 :AccountDescribed;
    secretIssued @23 :SecretIssued;
    systemExpiryChanged @24 :SystemExpiryChanged;
    operatorAdded @25 :OperatorAdded;
    operatorRemoved @26 :OperatorRemoved;
    operatorPasswordSet @27 :OperatorPasswordSet;
    roleGranted @28 :RoleGranted;
    roleRevoked @29 :RoleRevoked;
    serviceSettingsChanged @30 :ServiceSettingsChanged;
    ledgerRolledBack @35 :LedgerRolledBack;
    claimRecorded @36 :ClaimRecorded;
  }

  reason @31 :Text;
  # Why, in the actor's words, where any were given.

  requestId @32 :Text;
  # The X-Request-Id the command came with, if any.

  idempotencyKey @33 :Text;
  # The Idempotency-Key the command came with, if any.

  commandDigest @34 :Data;
  # With an idempotency key: the SHA-256 of the command, 32 bytes, by which the same key with
  # another command is found out.
}

struct CommandLine {
  # A command given on the ledger's own machine.

  systemUser @0 :Text;
  host @1 :Text;

  sudoUser @2 :Text;
  # Who called sudo, where it ran under sudo.
}

struct Permission {
  # A capability in a scope. One word.

  project @0 :UInt32;
  # The project, where the scope is one; else 0.

  capability @1 :Capability;

  scope @2 :Scope;

  enum Scope {
    project @0;
    # The one project that `project` names.

    allProjects @1;
    # Every project, those to come too: `*`.

    system @2;
    # The system itself: `/`.
  }
}

struct SecretHash {
  # A secret as it is kept. The secret itself is nowhere in the ledger.

  hash @0 :Data;
  # 32 bytes, or empty where the kind is `asserted`.

  fingerprint @1 :UInt64;
  # The first 8 bytes of the hash, as a big-endian number, where the kind is `generated`.

  kind @2 :Kind;

  salt @3 :Data;
  # Where the kind is `chosen`.

  enum Kind {
    generated @0;
    # Made by the ledger from random bytes: the hash is the secret's SHA-256.

    chosen @1;
    # Chosen by a person: the hash is HMAC-SHA-256(pepper, scrypt(secret, salt)).

    asserted @2;
    # An imported history says that it changed; nothing of it is known.
  }
}

struct ServiceSettings {
  # What changes the meaning of the token service's answers.

  serviceName @0 :Text;

  chartsSegment @1 :Text;
  # The segment of a repository's name that sets charts apart from images; empty where none does.

  tokenLifetimeSeconds @2 :Int32;
}

enum Role {
  systemAdmin @0;
  auditor @1;

  projectAdmin @2;
  # Of one project, which stands beside it.
}

struct LedgerInitialized {
  # Event 0.

  origin @0 :Text;
  # The ledger's name in its checkpoints, a URL without a scheme.

  ledgerId @1 :Data;
  # 16 random bytes: no two ledgers share a prefix.

  admin @2 :Text;
  # The first operator, number 1, a system administrator.

  systemExpiryDays @3 :Int32;
  # The setting that accounts without an expiry of their own follow.

  verifierKey @4 :Text;
  # The key that checks the ledger's checkpoints, as C2SP signed-note writes it: NAME+ID+KEY, where
  # NAME is the origin. Empty where the ledger has none.
}

struct HistoryImported {
  # What follows with the channel `import` was brought by this actor and was not witnessed.

  file @0 :Data;
  # The SHA-256 of the history file.

  firstLine @1 :UInt64;
  # The first line that was taken from it, from 1.
}

struct ProjectCreated {
  project @0 :UInt32;
  name @1 :Text;
}

struct ProjectDeleted {
  # Final. The events before it, in the same batch, end what depended on the project.

  project @0 :UInt32;
}

struct AccountCreated {
  account @0 :UInt64;

  project @1 :UInt32;
  # 0 for a system account, which belongs to no project.

  issuedAt @2 :Int64;
  # From here the days of the expiry count: the event's time, unless an import claims an earlier
  # issue.

  permissions @3 :List(Permission);
  # Sorted by project, scope, capability; each once. The pull that every account has is there only
  # where it was granted by name.

  name @4 :Text;

  expiry :union {
    # When the account stops.

    system @5 :Void;
    # It follows the system's setting as that changes.

    never @6 :Void;

    days @7 :Int32;
    # Days of 86,400 seconds after issuedAt; that instant included, it is expired.
  }

  description @8 :Text;
}

struct PermissionsGranted {
  # Of what was asked for, the part that was not granted before.

  account @0 :UInt64;

  permissions @1 :List(Permission);
  # Sorted by project, scope, capability; each once.
}

struct PermissionsRevoked {
  # Of what was asked for, the part that was granted before.

  account @0 :UInt64;

  permissions @1 :List(Permission);
  # Sorted by project, scope, capability; each once.
}

struct AccountDisabled {
  account @0 :UInt64;
}

struct AccountEnabled {
  account @0 :UInt64;
}

struct AccountDeleted {
  # Final. The name is free from here on; the number is never used again.

  account @0 :UInt64;
}

struct AccountRenewed {
  # The days of its expiry count from this event's time on.

  account @0 :UInt64;
}

struct AccountExpiryChanged {
  # The arms are those of AccountCreated.expiry.

  account @0 :UInt64;

  before :union {
    system @1 :Void;
    never @2 :Void;
    days @3 :Int32;
  }

  after :union {
    system @4 :Void;
    never @5 :Void;
    days @6 :Int32;
  }
}

struct AccountDescribed {
  account @0 :UInt64;
  after @1 :Text;
  before @2 :Text;
}

struct SecretIssued {
  # From here on the account's former secrets are void.

  account @0 :UInt64;
  secret @1 :SecretHash;
}

struct SystemExpiryChanged {
  # The system's setting, which accounts without an expiry of their own follow. What has expired
  # before stays expired.

  beforeDays @0 :Int32;
  afterDays @1 :Int32;
}

struct OperatorAdded {
  operator @0 :UInt32;
  # The operator's number. A name that is added again after a removal is another operator.

  name @1 :Text;
}

struct OperatorRemoved {
  name @0 :Text;
}

struct OperatorPasswordSet {
  name @0 :Text;
  password @1 :SecretHash;
}

struct RoleGranted {
  name @0 :Text;

  project @1 :UInt32;
  # With the role projectAdmin; else 0.

  role @2 :Role;
}

struct RoleRevoked {
  name @0 :Text;

  project @1 :UInt32;
  # With the role projectAdmin; else 0.

  role @2 :Role;
}

struct ServiceSettingsChanged {
  before @0 :ServiceSettings;
  after @1 :ServiceSettings;
}

struct LedgerRolledBack {
  # The ledger goes on from an older history, on purpose, and leaves behind what came after it. From
  # here on it has another origin and another key, and the key before never signs again. The events
  # after this one, in the same batch, disable the accounts, unless those were to stay enabled.

  lostSize @0 :UInt64;
  # With lostRoot the checkpoint of the history that is left behind: how many events it had, those
  # that stay included.

  lostRoot @1 :Data;
  # The root of its Merkle tree, 32 bytes.

  oldOrigin @2 :Text;
  # The ledger's name in its checkpoints until here.

  origin @3 :Text;
  # Its name from here on, one that it never had.

  verifierKey @4 :Text;
  # The key that signs under that name, in the text form of C2SP's signed-note.
}

struct ClaimRecorded {
  # What another system says happened, and nobody here saw: the ledger vouches that it was told so,
  # not that it is so. It changes nothing of what anybody could do.

  account @0 :UInt64;
  # Whom it is about here; 0 for nobody known.

  source @1 :Text;
  # The other system, such as harbor.example.

  sourceId @2 :Text;
  # What it calls the record, such as robot/12 or audit-log/345.

  time @3 :Int64;
  # When it was, it says.

  operation @4 :Text;
  # Such as create.

  resource @5 :Text;
  # What it was done to, such as robot$library+ci.

  resourceType @6 :Text;
  # Such as robot.

  actor @7 :Text;
  # Who did it, as the other system names him.

  project @8 :UInt32;
  # The project it is about here; 0 for none known.
}

enum Capability {
  # `resource:action` in one word: repositoryPush is `repository:push`, helmChartVersionCreate is
  # `helm-chart-version:create`. After Harbor's table of robot permissions, and the two chart
  # capabilities of its manual page.

  repositoryPull @0;
  repositoryPush @1;
  helmChartRead @2;
  helmChartVersionCreate @3;
  logList @4;
  projectRead @5;
  projectDelete @6;
  projectUpdate @7;
  metadataRead @8;
  metadataCreate @9;
  metadataDelete @10;
  metadataList @11;
  metadataUpdate @12;
  repositoryRead @13;
  repositoryUpdate @14;
  repositoryDelete @15;
  repositoryList @16;
  artifactRead @17;
  artifactCreate @18;
  artifactList @19;
  artifactDelete @20;
  scanCreate @21;
  scanRead @22;
  scanStop @23;
  sbomCreate @24;
  sbomStop @25;
  sbomRead @26;
  tagCreate @27;
  tagList @28;
  tagDelete @29;
  accessoryList @30;
  artifactAdditionRead @31;
  artifactLabelCreate @32;
  artifactLabelDelete @33;
  scannerCreate @34;
  scannerRead @35;
  preheatPolicyRead @36;
  preheatPolicyCreate @37;
  preheatPolicyDelete @38;
  preheatPolicyList @39;
  preheatPolicyUpdate @40;
  immutableTagCreate @41;
  immutableTagDelete @42;
  immutableTagList @43;
  immutableTagUpdate @44;
  notificationPolicyRead @45;
  notificationPolicyCreate @46;
  notificationPolicyDelete @47;
  notificationPolicyList @48;
  notificationPolicyUpdate @49;
  tagRetentionRead @50;
  tagRetentionCreate @51;
  tagRetentionDelete @52;
  tagRetentionList @53;
  tagRetentionUpdate @54;
  labelRead @55;
  labelCreate @56;
  labelDelete @57;
  labelList @58;
  labelUpdate @59;
  quotaRead @60;
  robotCreate @61;
  robotRead @62;
  robotList @63;
  robotDelete @64;
  exportCveCreate @65;
  exportCveRead @66;
  memberCreate @67;
  memberRead @68;
  memberUpdate @69;
  memberList @70;
  memberDelete @71;
  auditLogList @72;
  preheatInstanceRead @73;
  preheatInstanceCreate @74;
  preheatInstanceDelete @75;
  preheatInstanceList @76;
  preheatInstanceUpdate @77;
  projectList @78;
  projectCreate @79;
  replicationPolicyRead @80;
  replicationPolicyCreate @81;
  replicationPolicyDelete @82;
  replicationPolicyList @83;
  replicationPolicyUpdate @84;
  replicationRead @85;
  replicationCreate @86;
  replicationList @87;
  replicationAdapterList @88;
  registryRead @89;
  registryCreate @90;
  registryDelete @91;
  registryList @92;
  registryUpdate @93;
  scanAllRead @94;
  scanAllUpdate @95;
  scanAllStop @96;
  scanAllCreate @97;
  systemVolumesRead @98;
  garbageCollectionRead @99;
  garbageCollectionCreate @100;
  garbageCollectionList @101;
  garbageCollectionUpdate @102;
  garbageCollectionStop @103;
  purgeAuditRead @104;
  purgeAuditCreate @105;
  purgeAuditList @106;
  purgeAuditUpdate @107;
  purgeAuditStop @108;
  jobserviceMonitorList @109;
  jobserviceMonitorStop @110;
  scannerDelete @111;
  scannerList @112;
  scannerUpdate @113;
  securityHubRead @114;
  securityHubList @115;
  catalogRead @116;
  quotaList @117;
  quotaUpdate @118;
  userCreate @119;
  userRead @120;
  userUpdate @121;
  userList @122;
  userDelete @123;
  ldapUserCreate @124;
  ldapUserList @125;
  userGroupCreate @126;
  userGroupRead @127;
  userGroupUpdate @128;
  userGroupList @129;
  userGroupDelete @130;
}
