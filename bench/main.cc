// cadastre_bench [WORLD] [NAME...]: measures a server beside what bounds it, both sides within one run.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "base/status.h"
#include "bench/benches.h"

namespace cadastre::bench {
namespace {

struct Bench {
  const char* name;
  StatusOr<Section> (*measure)(Stage&);
};

constexpr Bench kBenches[] = {{"world", MeasureWorld},   {"get_asset", MeasureGetAsset}, {"lineage", MeasureLineage},
                              {"search", MeasureSearch}, {"fresh", MeasureFresh},        {"ingest", MeasureIngest},
                              {"roles", MeasureRoles},   {"fair", MeasureFair}};

// 2 thousand to 100 million assets, as the generator takes them; 0 for anything else.
uint64_t AssetsOf(const std::string& world) {
  if (world == "w10k") return 10'000;
  if (world == "w1m") return 1'000'000;
  uint64_t assets = 0;
  for (const char digit : world) {
    if (digit < '0' || digit > '9' || assets > 10'000'000) return 0;
    assets = assets * 10 + static_cast<uint64_t>(digit - '0');
  }
  return assets < 2'000 || assets > 100'000'000 ? 0 : assets;
}

Status Run(const Settings& settings, const std::vector<std::string>& names, const Report& report) {
  Stage stage(settings);
  if (Status status = stage.Prepare(); !status.ok()) return status;
  for (const Bench& bench : kBenches) {
    const bool wanted = names.empty() || std::find(names.begin(), names.end(), bench.name) != names.end();
    if (!wanted) continue;
    std::cout << "measuring " << bench.name << " …" << std::endl;
    const StatusOr<Section> section = bench.measure(stage);
    if (!section.ok()) return base::Unavailable(bench.name, ": ", base::MessageOf(section.status()));
    if (Status status = report.Take(*section); !status.ok()) return status;
  }
  return absl::OkStatus();
}

int Main(int argc, char** argv) {
  CLI::App app("Measures Cadastre beside what bounds it; ratios within one run are what counts");
  Settings settings;
  std::vector<std::string> names;
  std::string report = "docs/benchmarks.md";
  bool keep = false;
  settings.server = (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "cadastred").string();
  settings.folder = ".cache/bench";
  app.add_option("world", settings.world, "w10k (default), w1m, or a number of assets from 2,000");
  app.add_option("names", names, "which: world, get_asset, lineage, search, fresh, ingest, roles, fair (default: all)");
  app.add_option("--server", settings.server, "the cadastred to measure");
  app.add_option("--folder", settings.folder, "where worlds and scratch stores stand");
  app.add_option("--report", report, "the Markdown file to write into; `none` for none");
  app.add_option("--window", settings.window_seconds, "seconds of each measured window")
      ->check(CLI::Range(0.01, 600.0));
  app.add_option("--rounds", settings.rounds, "windows of each side")->check(CLI::Range(1, 100));
  app.add_flag("--keep", keep,
               "measure the world of the last call if its data is still there; a load that failed goes on");
  CLI11_PARSE(app, argc, argv);
  for (const std::string& name : names) {
    const bool known =
        std::any_of(std::begin(kBenches), std::end(kBenches), [&](const Bench& bench) { return name == bench.name; });
    if (known) continue;
    std::fprintf(stderr, "cadastre_bench: there is no bench `%s`\n", name.c_str());
    return 2;
  }
  const uint64_t assets = AssetsOf(settings.world);
  if (assets == 0) {
    std::fprintf(stderr, "cadastre_bench: a world is w10k, w1m or a number of assets from 2,000\n");
    return 2;
  }
  settings.shape = Shape::Of(assets);
  settings.folder += "/" + settings.world;
  std::error_code error;
  if (!keep) std::filesystem::remove_all(settings.folder, error);
  std::filesystem::create_directories(settings.folder, error);
  std::signal(SIGPIPE, SIG_IGN);
  const Status status = Run(settings, names, Report(report == "none" ? "" : report, settings.world));
  if (status.ok()) return 0;
  std::fprintf(stderr, "cadastre_bench: %s\n", std::string(base::MessageOf(status)).c_str());
  return 1;
}

}  // namespace
}  // namespace cadastre::bench

int main(int argc, char** argv) { return cadastre::bench::Main(argc, argv); }
