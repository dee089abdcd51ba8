#include "base/revision_waiter.h"

#include <thread>

namespace cadastre::base {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::ElementsAre;

class RevisionWaiterTest : public testing::Test {
 protected:
  void Wait(uint64_t revision, int deadline_s, const std::string& name) {
    waiter_.Wait(Revision(revision), start_ + seconds(deadline_s), [this, name](absl::Status status) {
      told_.push_back(name + " " + absl::StatusCodeToString(status.code()));
    });
  }

  const steady_clock::time_point start_ = steady_clock::now();
  std::vector<std::string> told_;
  RevisionWaiter waiter_{Revision(5), 3};
};

TEST_F(RevisionWaiterTest, AReachedRevisionAnswersAtOnce) {
  Wait(5, 0, "a");
  Wait(0, 0, "b");
  EXPECT_THAT(told_, ElementsAre("a OK", "b OK"));
  EXPECT_EQ(waiter_.waiting(), 0u);
}

TEST_F(RevisionWaiterTest, AdvancingWakesInOrderOfRevision) {
  Wait(8, 9, "eight");
  Wait(6, 9, "six");
  Wait(7, 9, "seven");
  waiter_.Advance(Revision(7));
  EXPECT_THAT(told_, ElementsAre("six OK", "seven OK"));
  waiter_.Advance(Revision(2));
  EXPECT_EQ(waiter_.reached(), Revision(7));
  waiter_.Advance(Revision(100));
  EXPECT_THAT(told_, ElementsAre("six OK", "seven OK", "eight OK"));
}

TEST_F(RevisionWaiterTest, ADeadlineIsToldOnceAndOnlyToThoseItConcerns) {
  Wait(6, 1, "soon");
  Wait(6, 9, "late");
  EXPECT_EQ(waiter_.NextDeadline(), start_ + seconds(1));
  waiter_.Expire(start_ + seconds(1));
  EXPECT_THAT(told_, ElementsAre("soon DEADLINE_EXCEEDED"));
  EXPECT_EQ(waiter_.NextDeadline(), start_ + seconds(9));
  waiter_.Advance(Revision(6));
  waiter_.Expire(start_ + seconds(99));
  EXPECT_THAT(told_, ElementsAre("soon DEADLINE_EXCEEDED", "late OK"));
  EXPECT_EQ(waiter_.NextDeadline(), std::nullopt);
}

TEST_F(RevisionWaiterTest, TooManyAreRefused) {
  for (const char* name : {"a", "b", "c", "d"}) Wait(6, 9, name);
  EXPECT_THAT(told_, ElementsAre("d RESOURCE_EXHAUSTED"));
}

TEST_F(RevisionWaiterTest, ClosingTellsEverybody) {
  Wait(6, 9, "a");
  waiter_.Close();
  Wait(6, 9, "b");
  EXPECT_THAT(told_, ElementsAre("a UNAVAILABLE", "b UNAVAILABLE"));
  EXPECT_FALSE(waiter_.WaitBeyond(Revision(0), start_ + seconds(9)));
}

TEST_F(RevisionWaiterTest, ACallbackMayWaitAgain) {
  waiter_.Wait(Revision(6), start_ + seconds(9), [this](absl::Status) { Wait(7, 9, "next"); });
  waiter_.Advance(Revision(6));
  waiter_.Advance(Revision(7));
  EXPECT_THAT(told_, ElementsAre("next OK"));
}

TEST_F(RevisionWaiterTest, AFollowersThreadWakesWhenThereIsMore) {
  EXPECT_TRUE(waiter_.WaitBeyond(Revision(4), start_));
  EXPECT_FALSE(waiter_.WaitBeyond(Revision(5), start_));
  std::jthread advance([this] { waiter_.Advance(Revision(6)); });
  EXPECT_TRUE(waiter_.WaitBeyond(Revision(5), start_ + seconds(60)));
}

}  // namespace
}  // namespace cadastre::base
