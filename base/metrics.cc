#include "base/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <stdexcept>

#include "base/check.h"

namespace cadastre::base {

void Counter::Increment(double by) const {
  if (counter_ != nullptr) counter_->Increment(by);
}

void Gauge::Set(double value) const {
  if (gauge_ != nullptr) gauge_->Set(value);
}

void Gauge::Add(double by) const {
  if (gauge_ != nullptr) gauge_->Increment(by);
}

void Histogram::Observe(double value) const {
  if (histogram_ != nullptr) histogram_->Observe(value);
}

namespace {

// prometheus-cpp throws on a name it cannot take or that has another kind already; names are ours, so that is a mistake
// of ours.
template <typename Make>
auto OrEnd(const std::string& name, Make make) -> decltype(make()) {
  try {
    return make();
  } catch (const std::exception& refused) {
    CHECK(false) << "metric " << name << ": " << refused.what();
    throw;
  }
}

}  // namespace

Metrics::Metrics() : registry_(std::make_unique<prometheus::Registry>()) {}
Metrics::~Metrics() = default;

Counter Metrics::MakeCounter(const std::string& name, const std::string& help, const MetricLabels& labels) {
  return OrEnd(name, [&] {
    return Counter(&prometheus::BuildCounter().Name(name).Help(help).Register(*registry_).Add(labels));
  });
}

Gauge Metrics::MakeGauge(const std::string& name, const std::string& help, const MetricLabels& labels) {
  return OrEnd(name,
               [&] { return Gauge(&prometheus::BuildGauge().Name(name).Help(help).Register(*registry_).Add(labels)); });
}

Histogram Metrics::MakeHistogram(const std::string& name, const std::string& help, const std::vector<double>& bounds,
                                 const MetricLabels& labels) {
  return OrEnd(name, [&] {
    return Histogram(&prometheus::BuildHistogram().Name(name).Help(help).Register(*registry_).Add(labels, bounds));
  });
}

std::string Metrics::Expose() const { return prometheus::TextSerializer().Serialize(registry_->Collect()); }

const std::vector<double>& Metrics::LatencySeconds() {
  static const std::vector<double> kBounds = {0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                              0.05,    0.1,    0.25,    0.5,    1,     2.5,    5,     10};
  return kBounds;
}

}  // namespace cadastre::base
