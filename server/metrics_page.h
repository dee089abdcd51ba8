// GET /metrics: what this process counts, in Prometheus' text format, for whoever may `administer`.
//
// Made by the doors over the rooms, which outlive it. Thread rule: safe. What is counted elsewhere is read when
// somebody asks; docs/operations.md and deploy/grafana tell the names. Bound: a scrape costs a few reads of memory and
// of /proc.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "base/mutex.h"
#include "server/http/message.h"
#include "server/request_metrics.h"
#include "server/rooms.h"

namespace cadastre::server {

class MetricsPage {
 public:
  explicit MetricsPage(Rooms* rooms);
  ~MetricsPage();
  MetricsPage(const MetricsPage&) = delete;
  MetricsPage& operator=(const MetricsPage&) = delete;

  // More to read at each scrape. Before the first one.
  void AddGauge(const std::string& name, const std::string& help, std::function<double()> value,
                const base::MetricLabels& labels = {});
  // `value` never falls.
  void AddCounter(const std::string& name, const std::string& help, std::function<uint64_t()> value,
                  const base::MetricLabels& labels = {});

  // Answers who may `administer`.
  void Handle(HttpRequest request, HttpReply reply) const;
  // For an address where everybody may ask.
  std::string Expose() const EXCLUDES(mutex_);

 private:
  struct Gauge {
    base::Gauge gauge;
    std::function<double()> value;
  };
  struct Counter {
    base::Counter counter;
    std::function<uint64_t()> value;
    uint64_t told = 0;
  };

  void AddRooms();
  void AddUpkeep();
  void AddProcess();

  Rooms* const rooms_;
  mutable base::Metrics metrics_;
  RequestMetrics requests_;
  mutable base::Mutex mutex_;
  std::vector<Gauge> gauges_;
  mutable std::vector<Counter> counters_;
};

}  // namespace cadastre::server
