// Counters, gauges and histograms for Prometheus; a thin cover, so that no other room includes prometheus-cpp.
//
// Owner: main() makes one Metrics, which outlives every handle. Thread rule: safe. Handles are copied freely; a
// default-made handle counts nothing, so that a class works without metrics in a test.
// Names: `cadastre_<thing>_<unit>[_total]`. Label values come from closed sets, never from input: each is a time
// series. Deliberately does not: serve HTTP (server does).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
class Registry;
}  // namespace prometheus

namespace cadastre::base {

using MetricLabels = std::map<std::string, std::string>;

class Counter {
 public:
  Counter() = default;
  void Increment(double by = 1) const;

 private:
  friend class Metrics;
  explicit Counter(prometheus::Counter* counter) : counter_(counter) {}
  prometheus::Counter* counter_ = nullptr;
};

class Gauge {
 public:
  Gauge() = default;
  void Set(double value) const;
  void Add(double by) const;

 private:
  friend class Metrics;
  explicit Gauge(prometheus::Gauge* gauge) : gauge_(gauge) {}
  prometheus::Gauge* gauge_ = nullptr;
};

class Histogram {
 public:
  Histogram() = default;
  void Observe(double value) const;

 private:
  friend class Metrics;
  explicit Histogram(prometheus::Histogram* histogram) : histogram_(histogram) {}
  prometheus::Histogram* histogram_ = nullptr;
};

// What something counts of itself, to be read at each scrape while it lives. `value` is safe to call from any thread.
struct Measure {
  std::string name;
  std::string help;
  std::function<double()> value;
};

class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // The same name and labels give the same series again. A name has one kind and one help text for ever; a name that
  // Prometheus does not allow ends the process (names are ours).
  Counter MakeCounter(const std::string& name, const std::string& help, const MetricLabels& labels = {});
  Gauge MakeGauge(const std::string& name, const std::string& help, const MetricLabels& labels = {});
  // `bounds`: upper bounds of the buckets, ascending, in the unit of the name.
  Histogram MakeHistogram(const std::string& name, const std::string& help, const std::vector<double>& bounds,
                          const MetricLabels& labels = {});

  // The text exposition format.
  std::string Expose() const;

  // Bucket bounds for latencies in seconds, 50 µs to 10 s.
  static const std::vector<double>& LatencySeconds();

 private:
  std::unique_ptr<prometheus::Registry> registry_;
};

}  // namespace cadastre::base
