// cadastre-demo-events: writes the demo company's events, governance and story into a folder.
#include <CLI/CLI.hpp>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "base/time_format.h"
#include "demo/history.h"

namespace {

using cadastre::demo::Event;

constexpr char kDefaultEnd[] = "2026-06-30T00:00:00Z";

bool WriteJson(const std::filesystem::path& path, const boost::json::object& value) {
  std::ofstream file(path, std::ios::binary);
  file << boost::json::serialize(value) << '\n';
  return file.good();
}

bool WriteEvents(const std::filesystem::path& path, const std::vector<Event>& events) {
  std::ofstream file(path, std::ios::binary);
  for (const Event& event : events) file << boost::json::serialize(event.body) << '\n';
  return file.good();
}

int Write(const std::filesystem::path& folder, int64_t end, uint64_t seed) {
  const cadastre::demo::Company company = cadastre::demo::BuildCompany();
  cadastre::demo::Scene scene;
  scene.company = &company;
  scene.midnight = end - end % 86400;
  scene.seed = seed;
  const std::vector<Event> events = cadastre::demo::History(scene);
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const bool written = !error && WriteEvents(folder / "events.ndjson", events) &&
                       WriteJson(folder / "story.json", cadastre::demo::Story(scene, events)) &&
                       WriteJson(folder / "governance.json", cadastre::demo::Governance(scene));
  if (!written) {
    std::cerr << "cannot write into " << folder << '\n';
    return 1;
  }
  std::cout << events.size() << " events of " << company.datasets.size() << " datasets and " << company.jobs.size()
            << " jobs in " << folder.string() << '\n';
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Writes events.ndjson, governance.json and story.json of the demo company.");
  std::string end = kDefaultEnd;
  std::string out = ".";
  uint64_t seed = 1;
  app.add_option("--end", end, "Where the 90 days end, RFC 3339; cut to midnight")->capture_default_str();
  app.add_option("--out", out, "The folder to write into")->capture_default_str();
  app.add_option("--seed", seed, "Changes row counts, run ids and failures")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  const auto parsed = cadastre::base::ParseTime(end);
  const int64_t seconds = parsed.ok() ? parsed->at.micros() / 1000000 : -1;
  if (seconds < int64_t{cadastre::demo::kDays} * 86400) {
    std::cerr << "--end: expected an RFC 3339 time such as " << kDefaultEnd << ", not '" << end << "'\n";
    return 2;
  }
  return Write(out, seconds, seed);
}
