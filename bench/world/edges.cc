// Lineage: a job reads some datasets and writes a few; which, follows a power law and mostly the direction of the flow.
#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "bench/world/purpose.h"
#include "bench/world/world.h"

namespace cadastre::bench {
namespace {

constexpr double kOutputsMean = 2;
constexpr double kInputsExponent = 2.2;
constexpr uint64_t kInputsMax = 1'000;
constexpr uint64_t kOutputsMax = 50;
constexpr int kDraws = 32;
// Jobs that update one of the tables they read: loops, as real graphs have them.
constexpr double kUpdatingShare = 0.01;

// A job with o outputs and i inputs states i + o edges through itself and i × o between datasets.
double InputsMean(const Shape& shape) {
  const double edges = shape.edges_per_asset * static_cast<double>(shape.assets) / static_cast<double>(shape.jobs);
  return std::max(1.0, (edges - kOutputsMean) / (1 + kOutputsMean));
}

double PairsMean(const Shape& shape) {
  const double between = InputsMean(shape) * kOutputsMean * static_cast<double>(shape.jobs);
  return std::max(1.0, shape.column_edges_per_asset * static_cast<double>(shape.assets) / between);
}

uint64_t DrawInputs(Random& random, double mean) {
  // Cutting to whole numbers loses a half.
  const double least = (mean + 0.5) * (kInputsExponent - 1) / kInputsExponent;
  return std::clamp<uint64_t>(static_cast<uint64_t>(random.Pareto(least, kInputsExponent)), 1, kInputsMax);
}

}  // namespace

uint64_t World::DrawDataset(Random& random, double position, bool before) const {
  const double count = static_cast<double>(shape_.datasets);
  double at = 0;
  for (int i = 0; i < kDraws; ++i) {
    const uint64_t rank = random.Rank(shape_.datasets, shape_.degree_exponent);
    const uint64_t ordinal = static_cast<uint64_t>(static_cast<unsigned __int128>(rank) * stride_ % shape_.datasets);
    at = static_cast<double>(ordinal) / count;
    if ((at < position) == before) return FirstDataset() + ordinal;
  }
  // Rare: moved to the right side rather than left on the wrong one, which would join everything into one loop.
  const double moved = before ? at * position : position + at * (1 - position);
  return FirstDataset() + std::min(shape_.datasets - 1, static_cast<uint64_t>(moved * count));
}

std::vector<uint64_t> World::DrawDatasets(Random& random, uint64_t count, double position, bool before) const {
  std::vector<uint64_t> drawn;
  drawn.reserve(count);
  for (uint64_t i = 0; i < count; ++i) drawn.push_back(DrawDataset(random, position, before));
  std::sort(drawn.begin(), drawn.end());
  drawn.erase(std::unique(drawn.begin(), drawn.end()), drawn.end());
  return drawn;
}

void World::EdgesOfJob(uint64_t job, const std::function<void(const EdgeSpec&)>& visit) const {
  CHECK(job < shape_.jobs) << "job " << job;
  Random random(shape_.seed, kForEdges, job);
  const uint64_t node = FirstJob() + job;
  const double position = 0.1 + 0.8 * static_cast<double>(job) / static_cast<double>(shape_.jobs);
  const std::vector<uint64_t> inputs = DrawDatasets(random, DrawInputs(random, InputsMean(shape_)), position, true);
  const uint64_t writes = std::min(kOutputsMax, 1 + random.Geometric(kOutputsMean - 1));
  std::vector<uint64_t> outputs = DrawDatasets(random, writes, position, false);
  if (random.Chance(kUpdatingShare)) {
    const uint64_t updated = inputs[random.Below(inputs.size())];
    if (std::find(outputs.begin(), outputs.end(), updated) == outputs.end()) outputs.push_back(updated);
  }
  for (const uint64_t input : inputs) visit({EdgeKind::kConsumes, input, node, node, {}});
  for (const uint64_t output : outputs) visit({EdgeKind::kProduces, node, output, node, {}});
  const double pairs_mean = PairsMean(shape_);
  std::vector<ColumnPairSpec> pairs;
  for (const uint64_t output : outputs) {
    const uint32_t to_count = ColumnCountOf(output);
    for (const uint64_t input : inputs) {
      if (input == output) continue;
      const uint32_t from_count = ColumnCountOf(input);
      const uint64_t wanted = 1 + random.Geometric(pairs_mean - 1);
      const uint32_t count = static_cast<uint32_t>(std::min<uint64_t>(wanted, std::max(from_count, to_count)));
      const uint32_t from = static_cast<uint32_t>(random.Below(from_count));
      const uint32_t to = static_cast<uint32_t>(random.Below(to_count));
      pairs.clear();
      for (uint32_t i = 0; i < count; ++i)
        pairs.push_back({(from + i) % from_count, (to + i) % to_count, random.Below(50) == 0});
      visit({EdgeKind::kDerives, input, output, node, pairs});
    }
  }
}

}  // namespace cadastre::bench
