#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "bench/world/world.h"

namespace cadastre::bench {
namespace {

constexpr double kMillion = 1'000'000;

}  // namespace

Shape Shape::Of(uint64_t assets, uint64_t seed) {
  CHECK(assets >= 1'000 && assets <= 100'000'000) << "a world of " << assets << " assets";
  const double scale = static_cast<double>(assets) / kMillion;
  const double root = std::sqrt(scale);
  const auto of = [](double count, double factor, uint64_t least) {
    return std::max(least, static_cast<uint64_t>(std::llround(count * factor)));
  };
  Shape shape;
  shape.seed = seed;
  shape.assets = assets;
  shape.domains = of(64, root, 16);
  shape.containers = of(20'000, scale, 50);
  shape.datasets = of(700'000, scale, 1);
  shape.jobs = of(150'000, scale, 1);
  shape.dashboards = of(30'000, scale, 1);
  shape.charts = of(60'000, scale, 1);
  shape.models = of(10'000, scale, 1);
  const uint64_t named =
      shape.domains + shape.containers + shape.datasets + shape.jobs + shape.dashboards + shape.charts + shape.models;
  CHECK(named < assets) << "no room for terms";
  shape.terms = assets - named;
  shape.namespaces = of(400, root, 20);
  shape.tags = of(200, root, 20);
  shape.words = of(50'000, root, 2'000);
  shape.runs = of(10 * kMillion, scale, 1);
  shape.principals = of(5'000, root, 100);
  shape.groups = of(800, root, 16);
  shape.roles = of(300, root, 12);
  shape.grants = of(3'000, root, 100);
  return shape;
}

}  // namespace cadastre::bench
