#include "core/wire/state_codec.h"

#include <cstring>
#include <vector>

#include <capnp/serialize.h>
#include <kj/exception.h>
#include <kj/io.h>

#include "core/wire/event.capnp.h"
#include "core/wire/fields.h"
#include "core/wire/state.capnp.h"

namespace robotledger {
namespace {

constexpr BytesView kMagic = "RLSTATE3";
constexpr std::size_t kDigestBytes = sizeof(Digest);
constexpr std::size_t kWordBytes = sizeof(capnp::word);

// Deeper than the state: accounts, permissions.
constexpr int kMaxNesting = 8;

capnp::Text::Reader textOf(const std::string& text) { return {text.c_str(), text.size()}; }

template <std::size_t Size>
capnp::Data::Reader dataOf(const std::array<std::uint8_t, Size>& bytes) {
  return {bytes.data(), bytes.size()};
}

unsigned countOf(std::size_t count) { return static_cast<unsigned>(count); }

void put(wire::SettingChange::Builder out, const SettingChange& change) {
  out.setTime(change.time.us);
  out.setSequence(change.sequence.value);
  out.setDays(change.days);
}

void put(wire::Project::Builder out, const Project& project) {
  out.setId(project.id.value);
  out.setName(textOf(project.name));
}

void put(wire::Operator::Builder out, const Operator& person) {
  out.setId(person.id.value);
  out.setName(textOf(person.name));
  auto roles = out.initRoles(countOf(person.roles.size()));
  unsigned at = 0;
  for (const Role role : person.roles) roles.set(at++, static_cast<wire::Role>(role));
  auto administers = out.initAdministers(countOf(person.administers.size()));
  at = 0;
  for (const ProjectId project : person.administers) administers.set(at++, project.value);
  if (person.password) putSecret(out.initPassword(), *person.password);
}

void put(wire::Account::Builder out, const Account& account) {
  out.setId(account.id.value);
  out.setProject(account.project.value);
  out.setStatus(static_cast<wire::Account::Status>(account.status));
  out.setIssuedAt(account.terms.issued_at.us);
  out.setFollowsSince(account.terms.follows_since.us);
  putExpiry(out.getExpiry(), account.terms.expiry);
  out.setName(textOf(account.name));
  putPermissions(out, account.permissions);
  if (!account.description.empty()) out.setDescription(textOf(account.description));
}

template <class List, class Values>
void putEach(List list, const Values& values) {
  unsigned at = 0;
  for (const auto& value : values) put(list[at++], value);
}

void put(wire::SavedState::Builder out, const StateImage& image, const Digest& root) {
  out.setSize(image.size.value);
  out.setLastTime(image.last_time.us);
  out.setNextAccount(image.next_account.value);
  out.setNextProject(image.next_project.value);
  out.setNextOperator(image.next_operator.value);
  out.setRoot(dataOf(root));
  out.setOrigin(textOf(image.origin));
  out.setLedgerId(dataOf(image.ledger_id));
  putServiceSettings(out.initService(), image.service);
  putEach(out.initSettings(countOf(image.settings.size())), image.settings);
  putEach(out.initProjects(countOf(image.projects.size())), image.projects);
  putEach(out.initOperators(countOf(image.operators.size())), image.operators);
  putEach(out.initAccounts(countOf(image.accounts.size())), image.accounts);
  if (!image.verifier_key.empty()) out.setVerifierKey(textOf(image.verifier_key));
  auto origins = out.initFormerOrigins(countOf(image.former_origins.size()));
  unsigned at = 0;
  for (const std::string& origin : image.former_origins) origins.set(at++, textOf(origin));
}

// About what the message takes, so that it is seldom more than one segment.
std::size_t likelyWords(const StateImage& image) {
  constexpr std::size_t kFixed = 128;
  constexpr std::size_t kEach = 16;  // the struct, and the ends of its texts
  std::size_t words = kFixed + kEach * (image.settings.size() + image.projects.size() +
                                        image.operators.size() + image.accounts.size());
  for (const Account& account : image.accounts) {
    words += (account.name.size() + account.description.size()) / kWordBytes;
    words += account.permissions.size();
  }
  return words;
}

class Appender final : public kj::OutputStream {
 public:
  explicit Appender(Bytes& to) : to_(to) {}
  void write(const void* data, std::size_t size) override {
    to_.append(static_cast<const char*>(data), size);
  }

 private:
  Bytes& to_;
};

SettingChange read(wire::SettingChange::Reader in, FieldReader& fields) {
  return {Instant{in.getTime()}, Sequence{in.getSequence()},
          fields.days(in.getDays(), "a setting")};
}

Project read(wire::Project::Reader in, FieldReader&) {
  return {ProjectId{in.getId()}, stringFrom(in.getName())};
}

Operator read(wire::Operator::Reader in, FieldReader& fields) {
  Operator person{OperatorId{in.getId()}, stringFrom(in.getName()), {}, {}, {}};
  for (const wire::Role role : in.getRoles()) {
    person.roles.insert(fields.enumerant(role, Role::kProjectAdmin, "the role"));
  }
  for (const std::uint32_t project : in.getAdministers()) {
    person.administers.insert(ProjectId{project});
  }
  if (in.hasPassword()) person.password = fields.secret(in.getPassword());
  return person;
}

Account read(wire::Account::Reader in, FieldReader& fields) {
  return {AccountId{in.getId()},
          stringFrom(in.getName()),
          stringFrom(in.getDescription()),
          fields.permissions(in.getPermissions()),
          {fields.expiry(in.getExpiry()), Instant{in.getIssuedAt()}, Instant{in.getFollowsSince()}},
          ProjectId{in.getProject()},
          fields.enumerant(in.getStatus(), AccountStatus::kDisabled, "the status")};
}

template <class Value, class List>
void readEach(std::vector<Value>& values, const List& list, FieldReader& fields) {
  values.reserve(list.size());
  for (const auto& in : list) values.push_back(read(in, fields));
}

SavedState read(wire::SavedState::Reader in, FieldReader& fields) {
  SavedState saved;
  saved.root = fields.bytes<kDigestBytes>(in.getRoot(), "the root");
  StateImage& image = saved.image;
  image.origin = stringFrom(in.getOrigin());
  image.ledger_id = fields.bytes<16>(in.getLedgerId(), "the ledger's id");
  image.size = TreeSize{in.getSize()};
  image.last_time = Instant{in.getLastTime()};
  image.next_account = AccountId{in.getNextAccount()};
  image.next_project = ProjectId{in.getNextProject()};
  image.next_operator = OperatorId{in.getNextOperator()};
  image.service = fields.serviceSettings(in.getService());
  readEach(image.settings, in.getSettings(), fields);
  readEach(image.projects, in.getProjects(), fields);
  readEach(image.operators, in.getOperators(), fields);
  readEach(image.accounts, in.getAccounts(), fields);
  image.verifier_key = stringFrom(in.getVerifierKey());
  for (const capnp::Text::Reader origin : in.getFormerOrigins()) {
    image.former_origins.insert(stringFrom(origin));
  }
  return saved;
}

Error damaged(const std::string& what) { return {ErrorCode::kDamaged, "a saved state: " + what}; }

// Throws kj::Exception where a pointer leads astray.
Result<SavedState> readChecked(kj::ArrayPtr<const capnp::word> words) {
  capnp::ReaderOptions options;
  // Each word is read once; what reads them over and over is stopped.
  options.traversalLimitInWords = 2 * words.size() + 1024;
  options.nestingLimit = kMaxNesting;
  capnp::FlatArrayMessageReader message(words, options);
  if (message.getEnd() != words.end()) return damaged("there is more after its end");
  FieldReader fields;
  SavedState saved = read(message.getRoot<wire::SavedState>(), fields);
  if (!fields.damage().empty()) return damaged(fields.damage());
  return saved;
}

Result<SavedState> decodeAligned(const void* words, std::size_t count) {
  try {
    return readChecked({static_cast<const capnp::word*>(words), count});
  } catch (const kj::Exception& exception) {
    return damaged(exception.getDescription().cStr());
  }
}

}  // namespace

Bytes encodeState(const StateImage& image, const Digest& root) {
  capnp::MallocMessageBuilder message(countOf(likelyWords(image)));
  put(message.initRoot<wire::SavedState>(), image, root);
  Bytes file;
  file.reserve(kMagic.size() + capnp::computeSerializedSizeInWords(message) * kWordBytes +
               kDigestBytes);
  file.append(kMagic);
  Appender appender(file);
  capnp::writeMessage(appender, message);
  file.append(digestBytes(sha256(file)));
  return file;
}

Result<SavedState> decodeState(BytesView file) {
  if (!file.starts_with(kMagic)) return damaged("it does not begin with " + std::string(kMagic));
  if (file.size() < kMagic.size() + kWordBytes + kDigestBytes || file.size() % kWordBytes != 0) {
    return damaged("none is " + std::to_string(file.size()) + " bytes long");
  }
  const BytesView hashed = file.substr(0, file.size() - kDigestBytes);
  if (digestFrom(file.substr(hashed.size())) != sha256(hashed)) {
    return damaged("its digest does not fit; it was changed, or not written to the end");
  }
  const BytesView message = hashed.substr(kMagic.size());
  const std::size_t count = message.size() / kWordBytes;
  if (reinterpret_cast<std::uintptr_t>(message.data()) % alignof(std::uint64_t) == 0) {
    return decodeAligned(message.data(), count);
  }
  std::vector<std::uint64_t> copy(count);
  std::memcpy(copy.data(), message.data(), message.size());
  return decodeAligned(copy.data(), count);
}

}  // namespace robotledger
