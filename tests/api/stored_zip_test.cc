#include "api/evidence/stored_zip.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include <gtest/gtest.h>

namespace robotledger {
namespace {

using Files = std::vector<std::pair<std::string, Bytes>>;

class StoredZipFile : public testing::Test {
 protected:
  StoredZipFile() { std::filesystem::create_directory(folder_); }
  ~StoredZipFile() override { std::filesystem::remove_all(folder_); }

  static Bytes zipped(const Files& files) {
    Bytes bytes;
    StoredZipWriter zip([&](BytesView more) -> Result<void> {
      bytes += more;
      return {};
    });
    for (const auto& [name, content] : files) EXPECT_TRUE(zip.add(name, content)) << name;
    EXPECT_TRUE(zip.finish());
    return bytes;
  }
  std::string write(BytesView bytes) const {
    std::ofstream(path_, std::ios::binary) << bytes;
    return path_;
  }
  // What a reader makes of the bytes: all members, or why not.
  Result<Files> read(BytesView bytes) const {
    const auto zip = StoredZip::open(write(bytes));
    if (!zip) return zip.error();
    Files files;
    for (const ZipMember& member : (*zip)->members()) {
      auto content = (*zip)->read(member);
      if (!content) return content.error();
      files.emplace_back(member.name, std::move(*content));
    }
    return files;
  }
  bool python(const std::string& code) const {
    return std::system(("python3 -c \"import sys, zipfile; z = zipfile.ZipFile('" + path_ + "'); " +
                        code + "\"")
                           .c_str()) == 0;
  }

  const std::string folder_ =
      (std::filesystem::temp_directory_path() / ("stored_zip_test." + std::to_string(::getpid())))
          .string();
  const std::string path_ = folder_ + "/it.zip";
};

const Files kSome = {{"README.md", "read me\n"}, {"a/b", ""}, {"a/c.bin", Bytes("\0\xff\r\n", 4)}};

TEST_F(StoredZipFile, ComesBackAsItWas) {
  const auto files = read(zipped(kSome));
  ASSERT_TRUE(files) << files.error().message;
  EXPECT_EQ(*files, kSome);
  const auto zip = StoredZip::open(path_);
  ASSERT_TRUE(zip);
  EXPECT_EQ(*(*zip)->read("README.md"), "read me\n");
  EXPECT_EQ((*zip)->read("a").error().code, ErrorCode::kNotFound);
  EXPECT_EQ((*zip)->find("zzz"), nullptr);
}

TEST_F(StoredZipFile, WithoutMembersIsOneToo) {
  const auto files = read(zipped({}));
  ASSERT_TRUE(files) << files.error().message;
  EXPECT_TRUE(files->empty());
}

TEST_F(StoredZipFile, IsReadByPython) {
  write(zipped(kSome));
  EXPECT_TRUE(
      python("assert z.testzip() is None; "
             "assert z.namelist() == ['README.md', 'a/b', 'a/c.bin']; "
             "assert z.read('a/c.bin') == bytes([0, 255, 13, 10]); "
             "assert all(i.compress_type == 0 for i in z.infolist()); "
             "assert z.infolist()[0].date_time == (1980, 1, 1, 0, 0, 0)"));
}

TEST_F(StoredZipFile, NoticesEveryChangedBit) {
  const Bytes good = zipped(kSome);
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      Bytes bad = good;
      bad[i] = static_cast<char>(static_cast<unsigned char>(bad[i]) ^ (1U << bit));
      const auto files = read(bad);
      ASSERT_FALSE(files) << "bit " << bit << " of byte " << i;
      EXPECT_EQ(files.error().code, ErrorCode::kDamaged) << files.error().message;
    }
  }
}

TEST_F(StoredZipFile, NoticesEveryMissingAndEveryExtraByte) {
  const Bytes good = zipped(kSome);
  for (std::size_t i = 0; i < good.size(); ++i) {
    EXPECT_FALSE(read(good.substr(0, i))) << "cut to " << i;
    EXPECT_FALSE(read(good.substr(i + 1))) << "begins at " << i + 1;
    EXPECT_FALSE(read(good.substr(0, i) + good.substr(i + 1))) << "without byte " << i;
    EXPECT_FALSE(read(good.substr(0, i) + '\0' + good.substr(i))) << "one more before " << i;
  }
  EXPECT_FALSE(read(good + '\0'));
  EXPECT_FALSE(read(good + good));
}

TEST_F(StoredZipFile, TakesNamesInOrderAndEachOnce) {
  StoredZipWriter zip([](BytesView) -> Result<void> { return {}; });
  ASSERT_TRUE(zip.add("b", "1"));
  EXPECT_EQ(zip.add("b", "2").error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(zip.add("a", "2").error().code, ErrorCode::kInvalidArgument);
  ASSERT_TRUE(zip.add("b/a", "2"));
}

// Two files as an ordinary writer makes them, whatever their names.
Bytes renamed(Bytes zip, const std::string& from, const std::string& to) {
  for (std::size_t at = zip.find(from); at != Bytes::npos; at = zip.find(from, at + to.size())) {
    zip.replace(at, from.size(), to);
  }
  return zip;
}

TEST_F(StoredZipFile, TakesNoNameThatLeadsElsewhere) {
  for (const char* name : {"", "/a", "../a", "a/../b", "a/./b", ".", "..", "a//b", "a/", "C:a",
                           "a\\b", "a b", "\xc3\xa4", "a\n"}) {
    EXPECT_FALSE(isZipName(name)) << name;
  }
  EXPECT_FALSE(isZipName(std::string(kMaxZipNameBytes + 1, 'a')));
  for (const char* name : {"a", "a/b", "...", "a..b/.c", "events/7.tlog-proof"}) {
    EXPECT_TRUE(isZipName(name)) << name;
  }
  const Bytes zip = zipped({{"aa/bb", "1"}, {"cccc", "2"}});
  ASSERT_TRUE(read(renamed(zip, "aa/bb", "aa/bc")));
  EXPECT_FALSE(read(renamed(zip, "aa/bb", "../bb")));
  EXPECT_FALSE(read(renamed(zip, "aa/bb", "/aabb")));
  EXPECT_FALSE(read(renamed(zip, "aa/bb", "zz/bb"))) << "not in order";
}

TEST_F(StoredZipFile, TakesNoNameTwice) {
  EXPECT_FALSE(read(renamed(zipped({{"aaaa", "1"}, {"cccc", "2"}}), "aaaa", "cccc")));
}

TEST_F(StoredZipFile, BelievesNoLength) {
  const Bytes good = zipped(kSome);
  const std::size_t end = good.size() - 22;
  for (const std::size_t at : {end + 8, end + 10, end + 12, end + 14, end + 16, end + 18}) {
    for (const char* lie : {"\xff\xff", "\x00\x80", "\xff\x7f"}) {
      Bytes bad = good;
      bad.replace(at, 2, lie, 2);
      if (bad == good) continue;
      const auto files = read(bad);
      ASSERT_FALSE(files);
      EXPECT_EQ(files.error().code, ErrorCode::kDamaged);
    }
  }
  // All the fields that say "look into the Zip64 end", and something there that is none.
  Bytes bad = good;
  bad.replace(end + 8, 12, Bytes(12, '\xff'));
  EXPECT_FALSE(read(bad));
  EXPECT_FALSE(read(Bytes(200, '\xff') + bad));
}

TEST_F(StoredZipFile, HasMoreMembersThanSixteenBitsCount) {
  for (const int members : {65534, 65536}) {
    Files files;
    for (int i = 0; i < members; ++i) files.emplace_back("m/" + std::to_string(100000 + i), "x");
    const Bytes zip = zipped(files);
    const auto back = read(zip);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(*back, files);
    EXPECT_EQ(zip.find("PK\x06\x06") != Bytes::npos, members >= 65535) << "Zip64 where needed";
    EXPECT_TRUE(python("assert len(z.namelist()) == " + std::to_string(members) +
                       "; assert z.read('m/" + std::to_string(100000 + members - 1) +
                       "') == b'x'"));
  }
  // What a Zip64 end says is believed as little.
  const Bytes good = zipped([] {
    Files files;
    for (int i = 0; i < 65535; ++i) files.emplace_back("m/" + std::to_string(100000 + i), "");
    return files;
  }());
  for (std::size_t at = good.size() - 98; at < good.size(); at += 4) {
    Bytes bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x40);
    EXPECT_FALSE(read(bad)) << at;
  }
}

// Writes the members' zeros as holes.
class SparseFile {
 public:
  explicit SparseFile(const std::string& path) : file_(path, std::ios::binary) {}
  Result<void> write(BytesView bytes) {
    if (bytes.size() > 1000000) {
      file_.seekp(static_cast<std::streamoff>(bytes.size()), std::ios::cur);
    } else {
      file_ << bytes;
    }
    return {};
  }

 private:
  std::ofstream file_;
};

TEST_F(StoredZipFile, ReachesBeyondFourGiB) {
  if (std::getenv("ROBOTLEDGER_LONG_TESTS") == nullptr) GTEST_SKIP() << "a long test";
  {
    SparseFile file(path_);
    StoredZipWriter zip([&](BytesView bytes) { return file.write(bytes); });
    const Bytes zeros(std::size_t{1} << 30, '\0');
    for (const char* name : {"a", "b", "c", "d"}) ASSERT_TRUE(zip.add(name, zeros));
    ASSERT_TRUE(zip.add("e", "behind four of them"));
    ASSERT_TRUE(zip.finish());
  }
  const auto zip = StoredZip::open(path_);
  ASSERT_TRUE(zip) << zip.error().message;
  EXPECT_GT((*zip)->find("e")->offset, std::uint64_t{1} << 32);
  EXPECT_EQ(*(*zip)->read("e"), "behind four of them");
  EXPECT_TRUE((*zip)->read("d"));
  EXPECT_TRUE(python("assert z.read('e') == b'behind four of them'"));
}

TEST_F(StoredZipFile, SaysWhereThereIsNoFile) {
  EXPECT_EQ(StoredZip::open(folder_ + "/nothing").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(StoredZip::open(folder_).error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace robotledger
