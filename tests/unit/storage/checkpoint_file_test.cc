#include "storage/checkpoint_file.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/unit/storage/test_engines.h"

namespace cadastre::storage {
namespace {

class CheckpointFileTest : public testing::Test {
 protected:
  void Write(uint64_t revision, const std::vector<std::string>& parts) {
    auto writer = CheckpointWriter::Create(path_, {kFormat, Revision(revision)});
    ASSERT_TRUE(writer.ok());
    for (const std::string& part : parts) ASSERT_TRUE(writer->Append(part).ok());
    ASSERT_TRUE(writer->Finish().ok());
  }
  absl::StatusCode OpenCode(uint32_t format = kFormat) { return CheckpointFile::Open(path_, format).status().code(); }
  std::string Bytes() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void Replace(const std::string& bytes) { std::ofstream(path_, std::ios::binary) << bytes; }

  static constexpr uint32_t kFormat = 3;
  const TempFolder folder_;
  const std::string path_ = folder_.path() + "/graph";
};

TEST_F(CheckpointFileTest, ComesBackWithItsRevision) {
  Write(42, {"some ", "", std::string(100'000, 'x')});
  const auto opened = CheckpointFile::Open(path_, kFormat);
  ASSERT_TRUE(opened.ok()) << opened.status().ToString();
  EXPECT_EQ(opened->revision(), Revision(42));
  EXPECT_EQ(opened->payload(), "some " + std::string(100'000, 'x'));
  EXPECT_EQ(reinterpret_cast<uintptr_t>(opened->payload().data()) % 64, 0u);
}

TEST_F(CheckpointFileTest, AnEmptyPayloadIsOne) {
  Write(1, {});
  const auto opened = CheckpointFile::Open(path_, kFormat);
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened->payload(), "");
}

TEST_F(CheckpointFileTest, TheNewestReplacesAndAMappedOneStays) {
  Write(1, {"one"});
  const auto first = CheckpointFile::Open(path_, kFormat);
  Write(2, {"two"});
  EXPECT_EQ(first->payload(), "one");
  EXPECT_EQ(CheckpointFile::Open(path_, kFormat)->payload(), "two");
}

TEST_F(CheckpointFileTest, AnUnfinishedOneLeavesWhatWasThere) {
  Write(1, {"one"});
  {
    auto writer = CheckpointWriter::Create(path_, {kFormat, Revision(2)});
    ASSERT_TRUE(writer->Append("half").ok());
  }
  EXPECT_EQ(CheckpointFile::Open(path_, kFormat)->revision(), Revision(1));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 1);
}

TEST_F(CheckpointFileTest, MissingAndOtherFormatsAreToldApart) {
  EXPECT_EQ(OpenCode(), absl::StatusCode::kNotFound);
  Write(1, {"one"});
  EXPECT_EQ(OpenCode(kFormat + 1), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(CheckpointWriter::Create(folder_.path() + "/no/folder", {1, Revision(1)}).status().code(),
            absl::StatusCode::kUnavailable);
}

TEST_F(CheckpointFileTest, EveryDamagedByteIsSeen) {
  Write(7, {std::string(100, 'x')});
  const std::string whole = Bytes();
  for (size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x41);
    Replace(damaged);
    EXPECT_EQ(OpenCode(), absl::StatusCode::kDataLoss) << "byte " << at;
  }
  Replace(whole);
  EXPECT_EQ(OpenCode(), absl::StatusCode::kOk);
}

TEST_F(CheckpointFileTest, EveryCutIsSeen) {
  Write(7, {std::string(100, 'x')});
  const std::string whole = Bytes();
  for (size_t size = 0; size < whole.size(); ++size) {
    Replace(whole.substr(0, size));
    EXPECT_EQ(OpenCode(), absl::StatusCode::kDataLoss) << size << " bytes";
  }
  Replace(whole + "x");
  EXPECT_EQ(OpenCode(), absl::StatusCode::kDataLoss) << "longer than it says";
}

}  // namespace
}  // namespace cadastre::storage
