#include "base/disk_space.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "base/log.h"
#include "tests/support/temp_folder.h"

namespace cadastre::base {
namespace {

constexpr uint64_t kMib = uint64_t{1} << 20;

// A disk of 10,000 MiB; what the reserve file takes of it is counted as the real one would.
class DiskSpaceTest : public testing::Test {
 protected:
  void SetUp() override {
    SetLogSink([this](std::string_view line) { lines_.emplace_back(line); });
  }
  void TearDown() override { SetLogSink(nullptr); }

  // In place, since it holds a mutex.
  DiskSpace Make() {
    DiskSpace::Options options;
    options.usage = [this] {
      const uint64_t used = used_mib_ * kMib + (std::filesystem::exists(folder_ + "/reserve") ? 64 * kMib : 0);
      const uint64_t all = 10'000 * kMib;
      return std::optional<DiskSpace::Usage>({std::min(used, all), all - std::min(used, all)});
    };
    return DiskSpace(folder_, options);
  }
  static DiskSpace::Level LookLater(DiskSpace& disk) {
    std::this_thread::sleep_for(std::chrono::milliseconds(25));
    return disk.Look();
  }
  bool reserve() const { return std::filesystem::exists(folder_ + "/reserve"); }

  const testing_support::TempFolder own_;
  const std::string& folder_ = own_.path();
  uint64_t used_mib_ = 100;
  std::vector<std::string> lines_;
};

TEST_F(DiskSpaceTest, ItWarnsAtEightyAndRefusesWritesAtNinetyFive) {
  DiskSpace disk = Make();
  EXPECT_EQ(disk.level(), DiskSpace::Level::kPlenty);
  EXPECT_TRUE(reserve());
  EXPECT_EQ(std::filesystem::file_size(folder_ + "/reserve"), 64 * kMib);
  used_mib_ = 7'800;
  EXPECT_EQ(LookLater(disk), DiskSpace::Level::kPlenty);
  EXPECT_TRUE(lines_.empty());
  used_mib_ = 7'950;
  EXPECT_EQ(LookLater(disk), DiskSpace::Level::kWarn);
  EXPECT_EQ(lines_.size(), 1u);
  EXPECT_TRUE(disk.Admit(true).ok());
  used_mib_ = 9'450;
  EXPECT_EQ(LookLater(disk), DiskSpace::Level::kFull);
  EXPECT_TRUE(absl::IsResourceExhausted(disk.Admit(true)));
  EXPECT_TRUE(disk.Admit(false).ok());
  used_mib_ = 5'000;
  EXPECT_EQ(LookLater(disk), DiskSpace::Level::kPlenty);
  EXPECT_TRUE(disk.Admit(true).ok());
}

TEST_F(DiskSpaceTest, TheReserveIsForRecordsAndNeverForWrites) {
  DiskSpace disk = Make();
  used_mib_ = 9'930;  // 6 MiB left beside the reserve
  EXPECT_EQ(LookLater(disk), DiskSpace::Level::kFull);
  EXPECT_FALSE(reserve());
  EXPECT_FALSE(disk.Admit(true).ok());
  EXPECT_TRUE(disk.Admit(false).ok());
  EXPECT_EQ(disk.available(), 6 * kMib);
  used_mib_ = 9'997;
  EXPECT_EQ(LookLater(disk), DiskSpace::Level::kNone);
  EXPECT_TRUE(absl::IsResourceExhausted(disk.Admit(false)));
  // Back, and the reserve with it.
  used_mib_ = 9'000;
  EXPECT_EQ(LookLater(disk), DiskSpace::Level::kWarn);
  EXPECT_TRUE(reserve());
  EXPECT_TRUE(disk.Admit(true).ok());
}

TEST_F(DiskSpaceTest, WhatTheDeviceRefusesIsFullWhateverTheFiguresSay) {
  DiskSpace disk = Make();
  disk.NoteFull();
  EXPECT_FALSE(reserve()) << "records of reads find room at once";
  EXPECT_TRUE(absl::IsResourceExhausted(disk.Admit(true)));
  EXPECT_TRUE(disk.Admit(false).ok());
  EXPECT_EQ(LookLater(disk), DiskSpace::Level::kFull);
  std::this_thread::sleep_for(std::chrono::milliseconds(1'000));
  EXPECT_EQ(LookLater(disk), DiskSpace::Level::kPlenty);
  EXPECT_TRUE(reserve());
}

TEST_F(DiskSpaceTest, AStartOnAFullDiskGivesTheReserveUpFirst) {
  { const DiskSpace before = Make(); }
  ASSERT_TRUE(reserve());
  used_mib_ = 9'936;  // to the last byte, with the reserve
  const DiskSpace again = Make();
  EXPECT_FALSE(reserve());
  EXPECT_EQ(again.level(), DiskSpace::Level::kFull);
}

}  // namespace
}  // namespace cadastre::base
