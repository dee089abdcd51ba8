#include "base/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cadastre::base {
namespace {

using testing::HasSubstr;

TEST(Metrics, SeriesAreExposedAsText) {
  Metrics metrics;
  metrics.MakeCounter("cadastre_reads_total", "Reads answered.", {{"rpc", "GetAsset"}}).Increment(2);
  metrics.MakeCounter("cadastre_reads_total", "Reads answered.", {{"rpc", "Search"}}).Increment();
  metrics.MakeGauge("cadastre_queue_tasks", "Tasks waiting.").Set(4);
  metrics.MakeHistogram("cadastre_read_seconds", "Time of a read.", {0.1, 1}).Observe(0.5);
  const std::string text = metrics.Expose();
  EXPECT_THAT(text, HasSubstr("cadastre_reads_total{rpc=\"GetAsset\"} 2"));
  EXPECT_THAT(text, HasSubstr("cadastre_reads_total{rpc=\"Search\"} 1"));
  EXPECT_THAT(text, HasSubstr("cadastre_queue_tasks 4"));
  EXPECT_THAT(text, HasSubstr("cadastre_read_seconds_bucket{le=\"1\"} 1"));
}

TEST(Metrics, TheSameNameAndLabelsAreTheSameSeries) {
  Metrics metrics;
  metrics.MakeCounter("cadastre_writes_total", "Writes.").Increment();
  metrics.MakeCounter("cadastre_writes_total", "Writes.").Increment();
  EXPECT_THAT(metrics.Expose(), HasSubstr("cadastre_writes_total 2"));
}

TEST(Metrics, AHandleWithoutMetricsCountsNothing) {
  Counter().Increment();
  Gauge().Set(1);
  Gauge().Add(1);
  Histogram().Observe(1);
}

TEST(MetricsDeathTest, ABadNameIsAMistakeOfOurs) {
  Metrics metrics;
  EXPECT_DEATH(metrics.MakeCounter("not a name", "Help."), "metric not a name");
}

}  // namespace
}  // namespace cadastre::base
